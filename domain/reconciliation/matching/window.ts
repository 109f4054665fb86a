import { type TradeRecord } from '../trade-record.js';
import { type Candidate } from './candidates.js';
import { type Yardstick } from './differences.js';

/** Candidates of one side by what a partner must share, each block ordered by time. */
export class TimeIndex {
  private readonly blocks = new Map<string, Candidate[]>();
  private readonly reach: number;

  constructor(
    candidates: readonly Candidate[],
    private readonly keyOf: (record: TradeRecord) => string,
    { limits, resolution }: Yardstick,
  ) {
    // Times in the same step of the resolution are equal, however narrow the window.
    this.reach = Math.max(limits.milliseconds, resolution - 1);
    for (const candidate of candidates) {
      const key = keyOf(candidate.record);
      const block = this.blocks.get(key);
      if (block === undefined) this.blocks.set(key, [candidate]);
      else block.push(candidate);
    }
    for (const block of this.blocks.values()) {
      block.sort((left, right) => left.record.tradeTime - right.record.tradeTime || left.order - right.order);
    }
  }

  /** The candidates that share the record's key and lie inside its window of time. */
  *around(record: TradeRecord): Generator<Candidate> {
    const block = this.blocks.get(this.keyOf(record)) ?? [];
    const from = firstAtOrAfter(block, record.tradeTime - this.reach);
    for (let index = from; index < block.length; index += 1) {
      const candidate = block[index];
      if (candidate === undefined || candidate.record.tradeTime > record.tradeTime + this.reach) return;
      yield candidate;
    }
  }
}

function firstAtOrAfter(block: readonly Candidate[], time: number): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((block[middle]?.record.tradeTime ?? time) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
