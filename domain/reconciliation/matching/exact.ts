import { type TradeRecord } from '../trade-record.js';
import { candidatesOf, type OpenCandidates } from './candidates.js';
import { compositeKey } from './compared-fields.js';
import { million } from './differences.js';
import { pairEqualRecords } from './equal-rows.js';
import { type FoundMatch, matchOf } from './outcomes.js';

export interface ExactOutcome {
  readonly matches: readonly FoundMatch[];
  readonly open: OpenCandidates;
}

/** Who sent the uploads of each side, by their index. */
export interface BookSources {
  readonly internal: readonly string[];
  readonly broker: readonly string[];
}

type KeyOf = (record: TradeRecord) => string | undefined;

/** One side, and which of its rows are matched: a set of a million records would cost more than the records do. */
interface Book {
  readonly records: readonly TradeRecord[];
  readonly taken: Uint8Array;
}

/** The rows of one key; a single row is kept bare, as nearly all are. */
type Bucket = number | number[];

const explanations = {
  'trade-id': 'the trade id is shared and no compared field is in disagreement',
  'composite-key':
    'account, symbol, side, quantity, price, trade date and time are shared and no compared field is in disagreement',
} as const;

/** Step 1. Pairs by shared trade id, then by composite key, in which no compared field is in disagreement. */
export function matchExactly(
  internalRecords: readonly TradeRecord[],
  brokerRecords: readonly TradeRecord[],
  resolution: number,
  sources?: BookSources,
): ExactOutcome {
  const internal = { records: internalRecords, taken: new Uint8Array(internalRecords.length) };
  const broker = { records: brokerRecords, taken: new Uint8Array(brokerRecords.length) };
  const matches: FoundMatch[] = [];
  const join = (strategy: keyof typeof explanations, keyOf: KeyOf): void => {
    const brokerBuckets = bucketsOf(broker, keyOf);
    for (const [key, bucket] of bucketsOf(internal, keyOf)) {
      const partners = brokerBuckets.get(key);
      if (partners === undefined) continue;
      const pairs = pairEqualRecords(recordsOf(internal, bucket), recordsOf(broker, partners), resolution);
      if (pairs.length === 0) continue;
      take(
        internal,
        bucket,
        pairs.map(([left]) => left),
      );
      take(
        broker,
        partners,
        pairs.map(([, right]) => right),
      );
      for (const [left, right] of pairs) {
        matches.push(matchOf(['exact', strategy], [left], [right], million, explanations[strategy]));
      }
    }
  };
  join('trade-id', (record) => record.tradeId);
  join('composite-key', (record) => compositeKey(record, resolution));
  return {
    matches,
    open: {
      internal: candidatesOf(openRecords(internal), sources?.internal),
      broker: candidatesOf(openRecords(broker), sources?.broker),
    },
  };
}

function bucketsOf({ records, taken }: Book, keyOf: KeyOf): Map<string, Bucket> {
  const buckets = new Map<string, Bucket>();
  records.forEach((record, row) => {
    const key = taken[row] === 0 ? keyOf(record) : undefined;
    if (key === undefined) return;
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, row);
    else if (typeof bucket === 'number') buckets.set(key, [bucket, row]);
    else bucket.push(row);
  });
  return buckets;
}

function recordsOf({ records }: Book, bucket: Bucket): TradeRecord[] {
  const rows = typeof bucket === 'number' ? [bucket] : bucket;
  return rows.flatMap((row) => records[row] ?? []);
}

/** A bare row that has a pair is the one in it. */
function take({ records, taken }: Book, bucket: Bucket, paired: readonly TradeRecord[]): void {
  if (typeof bucket === 'number') {
    taken[bucket] = 1;
    return;
  }
  const set = new Set(paired);
  for (const row of bucket) {
    const record = records[row];
    if (record !== undefined && set.has(record)) taken[row] = 1;
  }
}

function openRecords({ records, taken }: Book): TradeRecord[] {
  return records.filter((_, row) => taken[row] === 0);
}
