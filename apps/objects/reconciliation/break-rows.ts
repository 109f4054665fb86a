import { invariant } from '../../../domain/kernel/errors.js';
import type { BreakTerms, Clearing } from '../../../domain/reconciliation/breaks/events.js';
import type { OpenRecord } from '../../../domain/reconciliation/carry-forward/open-records.js';
import type { ClearedBreak } from '../../../domain/reconciliation/carry-forward/sorting-out.js';
import type { StoredObject } from '../../../domain/reconciliation/stored-object.js';
import type { Row } from '../../../infra/objects/column-rows.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { breakListColumns, unmatchedColumns } from '../../../projections/reconciliation/columns.js';
import { toTradeRecord, toTradeRow } from './trade-rows.js';

type BreakRow = Row<typeof breakListColumns>;

export function toBreakRow({
  terms,
  clearing,
}: Pick<ClearedBreak, 'terms'> & Partial<ClearedBreak>): BreakRow {
  return {
    breakId: terms.breakId,
    terms: JSON.stringify(terms),
    clearing: clearing && JSON.stringify(clearing),
  };
}

export interface StoredBreak {
  readonly terms: BreakTerms;
  readonly clearing?: Clearing;
}

/** The breaks of a stored list, one after another. */
export async function* readBreaks(
  { sha256 }: Pick<StoredObject, 'sha256'>,
  columns: ColumnStore,
): AsyncIterable<StoredBreak> {
  for await (const rows of columns.read(breakListColumns, sha256)) yield* rows.map(toBreak);
}

/** The records of a stored list of unmatched ones, one after another. */
export async function* readOpenRecords(
  { sha256 }: Pick<StoredObject, 'sha256'>,
  columns: ColumnStore,
): AsyncIterable<OpenRecord> {
  for await (const rows of columns.read(unmatchedColumns, sha256)) yield* rows.map(toOpenRecord);
}

function toBreak({ terms, clearing }: BreakRow): StoredBreak {
  invariant(terms !== undefined, 'a stored break has its terms');
  return {
    terms: JSON.parse(terms) as BreakTerms,
    ...(clearing !== undefined && { clearing: JSON.parse(clearing) as Clearing }),
  };
}

export function toUnmatchedRow({ side, uploadId, record, terms }: OpenRecord): Row<typeof unmatchedColumns> {
  return { ...toTradeRow(record), bookSide: side, uploadId, terms: JSON.stringify(terms) };
}

export function toOpenRecord(row: Row<typeof unmatchedColumns>): OpenRecord {
  const { bookSide: side, uploadId, terms, ...trade } = row;
  invariant(
    (side === 'internal' || side === 'broker') && uploadId !== undefined && terms !== undefined,
    'a stored unmatched record is whole',
  );
  const record = toTradeRecord(trade, 0);
  return { side, uploadId, record, terms: JSON.parse(terms) as BreakTerms };
}
