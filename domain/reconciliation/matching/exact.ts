import { type TradeRecord } from '../trade-record.js';
import { candidatesOf, type OpenCandidates } from './candidates.js';
import { million } from './differences.js';
import { pairEqualRecords, type RecordPair } from './equal-rows.js';
import { type FoundMatch, matchOf } from './outcomes.js';
import { RecordIndex, type RecordKey } from './record-index.js';
import { recordKeys } from './record-keys.js';

export interface ExactOutcome {
  readonly matches: readonly FoundMatch[];
  readonly open: OpenCandidates;
}

/** Who sent the uploads of each side, by their index. */
export interface BookSources {
  readonly internal: readonly string[];
  readonly broker: readonly string[];
}

/** One side, and which of its rows are matched: a set of a million records would cost more than the records do. */
interface Book {
  readonly records: readonly TradeRecord[];
  readonly taken: Uint8Array;
}

const explanations = {
  'trade-id': 'the trade id is shared and no compared field is in disagreement',
  'composite-key':
    'account, symbol, side, quantity, price, trade date and time are shared and no compared field is in disagreement',
} as const;

/**
 * Step 1. Pairs by shared trade id, then by composite key, in which no compared field is in disagreement.
 *
 * @param salt of the hashes (`recordKeys`)
 */
export function matchExactly(
  internalRecords: readonly TradeRecord[],
  brokerRecords: readonly TradeRecord[],
  resolution: number,
  sources?: BookSources,
  salt = '',
): ExactOutcome {
  const internal = { records: internalRecords, taken: new Uint8Array(internalRecords.length) };
  const broker = { records: brokerRecords, taken: new Uint8Array(brokerRecords.length) };
  const matches: FoundMatch[] = [];
  const join = (strategy: keyof typeof explanations, key: RecordKey): void => {
    const internalIndex = new RecordIndex(internal.records, key, internal.taken);
    const brokerIndex = new RecordIndex(broker.records, key, broker.taken);
    internal.records.forEach((record, row) => {
      // The rows of a key are paired once, with the first of them.
      if (!internalIndex.isFirst(row)) return;
      const hash = internalIndex.hashOf(row);
      const partners = brokerIndex.rowsLike(record, hash);
      if (partners.length === 0) return;
      const rows = internalIndex.rowsLike(record, hash);
      const pairs = pairEqualRecords(recordsOf(internal, rows), recordsOf(broker, partners), resolution);
      for (const [left, right] of pairs)
        matches.push(matchOf(['exact', strategy], [left], [right], million, explanations[strategy]));
      take(internal, rows, pairs, 0);
      take(broker, partners, pairs, 1);
    });
  };
  const { tradeId, composite } = recordKeys(resolution, salt);
  join('trade-id', tradeId);
  join('composite-key', composite);
  return {
    matches,
    open: {
      internal: candidatesOf(openRecords(internal), sources?.internal),
      broker: candidatesOf(openRecords(broker), sources?.broker),
    },
  };
}

function recordsOf({ records }: Book, rows: readonly number[]): TradeRecord[] {
  const found: TradeRecord[] = [];
  for (const row of rows) {
    const record = records[row];
    if (record !== undefined) found.push(record);
  }
  return found;
}

/** @param place of the book's record in a pair */
function take(
  { records, taken }: Book,
  rows: readonly number[],
  pairs: readonly RecordPair[],
  place: 0 | 1,
): void {
  if (pairs.length === rows.length) {
    for (const row of rows) taken[row] = 1;
    return;
  }
  const paired = new Set(pairs.map((pair) => pair[place]));
  for (const row of rows) {
    const record = records[row];
    if (record !== undefined && paired.has(record)) taken[row] = 1;
  }
}

function openRecords({ records, taken }: Book): TradeRecord[] {
  return records.filter((_, row) => taken[row] === 0);
}
