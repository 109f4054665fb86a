import type { BreakTerms } from '../../../domain/reconciliation/breaks/events.js';
import { takesIn, type CarriedRecord } from '../../../domain/reconciliation/carry-forward/open-records.js';
import type { RunBook, RunTerms } from '../../../domain/reconciliation/runs/events.js';
import {
  bookSides,
  recordReference,
  type BookSide,
  type TradeRecord,
} from '../../../domain/reconciliation/trade-record.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { tradeColumns } from '../../../projections/reconciliation/columns.js';
import { readCarried } from './earlier-runs.js';
import { toTradeRecord } from './trade-rows.js';

/** A record that took part in a run. */
export interface NamedRecord {
  readonly side: BookSide;
  readonly uploadId: string;
  readonly record: TradeRecord;
  /** Its breaks of earlier runs, where it was carried forward. */
  readonly carried?: readonly BreakTerms[];
}

/** The records that took part in a run under some names: of its own uploads, and those that it carried. */
export async function readNamedRecords(
  terms: RunTerms,
  names: Readonly<Record<BookSide, readonly string[]>>,
  columns: ColumnStore,
): Promise<readonly NamedRecord[]> {
  const carried = await readCarried(terms, columns);
  const isTakenIn = takingIn(terms, carried);
  const found: NamedRecord[] = [];
  for (const side of bookSides) {
    const wanted = new Set(names[side]);
    for (const [upload, book] of terms[side].entries())
      for (const record of await recordsNamed(wanted, book, upload, columns)) {
        const own = { uploadId: book.uploadId, record };
        if (isTakenIn(own)) found.push({ side, ...own });
      }
    for (const one of carried)
      if (one.side === side && wanted.has(recordReference(one.record)))
        found.push({ side, uploadId: one.uploadId, record: one.record, carried: one.breaks });
  }
  return found;
}

function takingIn(
  { tradeDate, carryForward }: RunTerms,
  carried: readonly CarriedRecord[],
): ReturnType<typeof takesIn> {
  return carryForward
    ? takesIn(tradeDate, carryForward, carried)
    : ({ record }) => record.tradeDate === tradeDate;
}

async function recordsNamed(
  names: ReadonlySet<string>,
  { records: { sha256 } }: RunBook,
  upload: number,
  columns: ColumnStore,
): Promise<readonly TradeRecord[]> {
  const byLine = new Map<number, TradeRecord>();
  for (const where of placesOf(names))
    for await (const rows of columns.read(tradeColumns, sha256, { where }))
      for (const row of rows) {
        const record = toTradeRecord(row, upload);
        if (names.has(recordReference(record))) byLine.set(record.line, record);
      }
  return [...byLine.values()].sort((one, other) => one.line - other.line);
}

/** Where records of these names may stand (`recordReference`). */
function placesOf(names: ReadonlySet<string>): readonly Record<string, readonly string[]>[] {
  const lines = [...names].flatMap((name) => /^#(?:\d+:)?(\d+)$/.exec(name)?.[1] ?? []);
  return [{ tradeId: [...names] }, ...(lines.length > 0 ? [{ line: lines }] : [])];
}
