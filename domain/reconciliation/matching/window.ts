import { type TradeRecord } from '../trade-record.js';
import { type Candidate, type OpenCandidates } from './candidates.js';
import { secondsText } from './explanations.js';
import { type SearchLimits, type SearchStep, workLimits } from './search-limits.js';

/** Candidates of both sides that share what a partner must share, each side ordered by time. */
export interface Block {
  readonly internal: readonly Candidate[];
  readonly broker: readonly Candidate[];
  /** How far apart in time two of them may be to be looked at together, in milliseconds. */
  readonly reach: number;
}

/**
 * The blocks that have records of both sides, or a key in `oneSided`. Where the pairs inside the window of time are too many to look at all of
 * them, the window is halved until they are not; where even those of one moment are, the block is left out.
 */
export function blocksOf(
  open: OpenCandidates,
  keyOf: (record: TradeRecord) => string,
  reach: number,
  step: SearchStep,
  limits: SearchLimits,
  oneSided: Iterable<string> = [],
): Block[] {
  const internalBlocks = byKey(open.internal, keyOf);
  const brokerBlocks = byKey(open.broker, keyOf);
  const keys = new Set([...internalBlocks.keys()].filter((key) => brokerBlocks.has(key)));
  for (const key of oneSided) keys.add(key);
  const blocks: Block[] = [];
  for (const key of keys) {
    const [internal, broker] = [internalBlocks.get(key) ?? [], brokerBlocks.get(key) ?? []];
    const narrowed = narrowedReach(internal, broker, reach);
    if (narrowed !== reach) {
      const outcome =
        narrowed === undefined ? 'given up' : `narrowed to ${secondsText(narrowed)} s around each`;
      limits.add(step, internal, broker, outcome);
    }
    if (narrowed !== undefined) blocks.push({ internal, broker, reach: narrowed });
  }
  return blocks;
}

/** The candidates of an ordered list inside the window around a record. */
export function* around(record: TradeRecord, ordered: readonly Candidate[], reach: number) {
  for (let index = firstAtOrAfter(ordered, record.tradeTime - reach); index < ordered.length; index += 1) {
    const candidate = ordered[index];
    if (candidate === undefined || candidate.record.tradeTime > record.tradeTime + reach) return;
    yield candidate;
  }
}

function byKey(
  candidates: readonly Candidate[],
  keyOf: (record: TradeRecord) => string,
): Map<string, Candidate[]> {
  const blocks = new Map<string, Candidate[]>();
  for (const candidate of candidates) {
    const key = keyOf(candidate.record);
    const block = blocks.get(key);
    if (block === undefined) blocks.set(key, [candidate]);
    else block.push(candidate);
  }
  for (const block of blocks.values()) block.sort(compareTimes);
  return blocks;
}

export function compareTimes(left: Candidate, right: Candidate): number {
  return left.record.tradeTime - right.record.tradeTime || left.order - right.order;
}

function narrowedReach(
  internal: readonly Candidate[],
  broker: readonly Candidate[],
  reach: number,
): number | undefined {
  const records = internal.length + broker.length;
  const most = Math.max(workLimits.pairsOfBlock, workLimits.pairsOfRecord * records);
  if (internal.length * broker.length <= most) return reach;
  let narrowed = reach;
  while (pairsInside(internal, broker, narrowed) > most) {
    if (narrowed === 0) return undefined;
    narrowed = Math.floor(narrowed / 2);
  }
  return narrowed;
}

function pairsInside(internal: readonly Candidate[], broker: readonly Candidate[], reach: number): number {
  let pairs = 0;
  let from = 0;
  let to = 0;
  for (const { record } of internal) {
    while (timeAt(broker, from) < record.tradeTime - reach) from += 1;
    while (timeAt(broker, to) <= record.tradeTime + reach) to += 1;
    pairs += to - from;
  }
  return pairs;
}

function timeAt(candidates: readonly Candidate[], index: number): number {
  return candidates[index]?.record.tradeTime ?? Number.POSITIVE_INFINITY;
}

function firstAtOrAfter(block: readonly Candidate[], time: number): number {
  let low = 0;
  let high = block.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (timeAt(block, middle) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
