import { type BookSide, recordReference, type TradeRecord } from '../trade-record.js';
import { comparePlaces } from './candidates.js';
import { comparedText } from './compared-fields.js';
import { breakOf } from './outcomes.js';
import { RecordIndex, type RecordKey } from './record-index.js';
import { recordKeys } from './record-keys.js';
import { type Break } from './result.js';

export interface WithoutDuplicates {
  readonly records: readonly TradeRecord[];
  readonly breaks: readonly Break[];
}

/**
 * Step 0. Of the records of one side with the same trade id and every compared field equal, the one that stands first
 * takes part; each further copy is a break of its own.
 *
 * @param salt of the hashes (`recordKeys`)
 */
export function setDuplicatesAside(
  records: readonly TradeRecord[],
  side: BookSide,
  salt = '',
): WithoutDuplicates {
  const repeated = repeatedTradeIds(records, recordKeys(1, salt).tradeId);
  if (repeated.size === 0) return { records, breaks: [] };
  const originals = new Map<string, TradeRecord>();
  const copies = new Map<TradeRecord, string>();
  for (const record of records) {
    if (record.tradeId === undefined || !repeated.has(record.tradeId)) continue;
    const text = textOf(record);
    const original = originals.get(text);
    if (original === undefined || comparePlaces(record, original) < 0) originals.set(text, record);
    if (original !== undefined) copies.set(comparePlaces(record, original) < 0 ? original : record, text);
  }
  const breaks = [...copies]
    .sort(([left], [right]) => comparePlaces(left, right))
    .map(([copy, text]) => duplicateBreak(copy, originals.get(text) ?? copy, side));
  return { records: records.filter((record) => !copies.has(record)), breaks };
}

function repeatedTradeIds(records: readonly TradeRecord[], key: RecordKey): ReadonlySet<string> {
  const index = new RecordIndex(records, key);
  const repeated = new Set<string>();
  records.forEach(({ tradeId }, row) => {
    if (tradeId !== undefined && !index.isFirst(row)) repeated.add(tradeId);
  });
  return repeated;
}

function textOf(record: TradeRecord): string {
  return `${comparedText(record, 1)}\u001f${record.tradeId ?? ''}`;
}

function duplicateBreak(copy: TradeRecord, original: TradeRecord, side: BookSide): Break {
  const explanation = `${recordReference(copy)} in line ${copy.line} repeats line ${original.line} in every compared field`;
  return breakOf(
    'duplicate',
    side === 'internal' ? [copy] : [],
    side === 'broker' ? [copy] : [],
    explanation,
  );
}
