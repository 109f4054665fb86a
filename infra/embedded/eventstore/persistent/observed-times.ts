export interface Measurement {
  readonly key: string;
  readonly value: number;
}

const WINDOW = 1000;
const PERCENTILES: readonly (readonly [key: string, percent: number])[] = [
  ['Quintile 1', 0],
  ['Quintile 2', 20],
  ['Quintile 3', 40],
  ['Quintile 4', 60],
  ['Quintile 5', 80],
  ['90%', 90],
  ['95%', 95],
  ['99%', 99],
  ['99.5%', 99.5],
  ['99.9%', 99.9],
];

/** How long one consumer took over each of its newest messages, in whole milliseconds. */
export class ObservedTimes {
  private times: number[] = [];

  add(milliseconds: number): void {
    if (this.times.length >= WINDOW) this.times.shift();
    this.times.push(Math.floor(milliseconds));
  }

  /** The server's measurements; none before the first message was answered. */
  measurements(): readonly Measurement[] {
    const sorted = [...this.times].sort((left, right) => left - right);
    const at = (share: number): number =>
      sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    if (sorted.length === 0) return [];
    const sum = sorted.reduce((total, time) => total + time, 0);
    return [
      { key: 'Mean', value: Math.floor(sum / sorted.length) },
      { key: 'Median', value: at(0.5) },
      { key: 'Fastest', value: at(0) },
      ...PERCENTILES.map(([key, percent]) => ({ key, value: at(percent / 100) })),
      { key: 'Highest', value: at(1) },
    ];
  }
}
