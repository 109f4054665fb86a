import { type TradeRecord } from '../trade-record.js';
import { candidatesOf, type OpenCandidates } from './candidates.js';
import { compositeKey } from './compared-fields.js';
import { million } from './differences.js';
import { pairEqualRecords } from './equal-rows.js';
import { matchOf } from './outcomes.js';
import { type Match } from './result.js';

export interface ExactOutcome {
  readonly matches: readonly Match[];
  readonly open: OpenCandidates;
}

type KeyOf = (record: TradeRecord) => string | undefined;
/** One record is kept bare: a map of a million arrays would cost more than the records. */
type Bucket = TradeRecord | TradeRecord[];

const explanations = {
  'trade-id': 'the trade id is shared and no compared field is in disagreement',
  'composite-key':
    'account, symbol, side, quantity, price, trade date and time are shared and no compared field is in disagreement',
} as const;

/** Step 1. Pairs by shared trade id, then by composite key, in which no compared field is in disagreement. */
export function matchExactly(
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  resolution: number,
): ExactOutcome {
  const matches: Match[] = [];
  const join = (strategy: keyof typeof explanations, open: Open, keyOf: KeyOf): Open => {
    const taken = new Set<TradeRecord>();
    const brokerBuckets = bucketsOf(open.broker, keyOf);
    for (const [key, bucket] of bucketsOf(open.internal, keyOf)) {
      const partners = brokerBuckets.get(key);
      if (partners === undefined) continue;
      for (const [left, right] of pairEqualRecords(asArray(bucket), asArray(partners), resolution)) {
        taken.add(left).add(right);
        matches.push(matchOf(['exact', strategy], [left], [right], million, explanations[strategy]));
      }
    }
    const isOpen = (record: TradeRecord): boolean => !taken.has(record);
    return { internal: open.internal.filter(isOpen), broker: open.broker.filter(isOpen) };
  };
  const afterIds = join('trade-id', { internal, broker }, (record) => record.tradeId);
  const rest = join('composite-key', afterIds, (record) => compositeKey(record, resolution));
  return { matches, open: { internal: candidatesOf(rest.internal), broker: candidatesOf(rest.broker) } };
}

interface Open {
  readonly internal: readonly TradeRecord[];
  readonly broker: readonly TradeRecord[];
}

function bucketsOf(records: readonly TradeRecord[], keyOf: KeyOf): Map<string, Bucket> {
  const buckets = new Map<string, Bucket>();
  for (const record of records) {
    const key = keyOf(record);
    if (key === undefined) continue;
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, record);
    else if (Array.isArray(bucket)) bucket.push(record);
    else buckets.set(key, [bucket, record]);
  }
  return buckets;
}

function asArray(bucket: Bucket): readonly TradeRecord[] {
  return Array.isArray(bucket) ? bucket : [bucket];
}
