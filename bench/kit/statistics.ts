export interface Latency {
  readonly p50: number;
  readonly p99: number;
}

/** The middle one; of an even number the lower middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** Nearest rank. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export function latencyOf(milliseconds: readonly number[]): Latency {
  return { p50: rounded(percentile(milliseconds, 0.5)), p99: rounded(percentile(milliseconds, 0.99)) };
}

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
