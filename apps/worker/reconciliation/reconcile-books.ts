import { matchedTrades } from '../../../domain/reconciliation/settlement/matched-trades.js';
import type { RunBook, RunTerms } from '../../../domain/reconciliation/events.js';
import { reconcile } from '../../../domain/reconciliation/matching/reconcile.js';
import type { RunOutput } from '../../../domain/reconciliation/run-job.js';
import type { TradeRecord } from '../../../domain/reconciliation/trade-record.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import type { MatchedRecords } from '../../../domain/reconciliation/matching/result.js';
import type { ColumnStore, Row } from '../../../infra/objects/columns.js';
import {
  breakColumns,
  matchColumns,
  matchedTradeColumns,
  tradeColumns,
} from '../../../projections/reconciliation/columns.js';
import { toMatchedTradeRow, toTradeRecord } from './trade-rows.js';

/** Compares the two books of a run. */
export async function reconcileBooks(terms: RunTerms, { columns }: ComputationTools): Promise<RunOutput> {
  const { tradeDate, tolerances } = terms;
  const books = [...terms.internal, ...terms.broker];
  const timeResolution = Math.max(...books.map((book) => book.timeResolution));
  const { counts, matches, matched, breaks } = reconcile(
    await bookOf(terms.internal, columns),
    await bookOf(terms.broker, columns),
    {
      tradeDate,
      tolerances,
      timeResolution,
    },
  );
  const manifest = {
    matches: await columns.write(matchColumns, matches),
    breaks: await columns.write(breakColumns, breaks),
    ...(terms.settle && { matchedTrades: await columns.write(matchedTradeColumns, settled(matched)) }),
  };
  return { counts, manifest, breaks };
}

function* settled(matched: readonly MatchedRecords[]): Iterable<Row<typeof matchedTradeColumns>> {
  for (const trade of matchedTrades(matched)) yield toMatchedTradeRow(trade);
}

async function bookOf(uploads: readonly RunBook[], columns: ColumnStore): Promise<readonly TradeRecord[]> {
  const records: TradeRecord[] = [];
  for (const [index, { records: stored }] of uploads.entries())
    for await (const rows of columns.read(tradeColumns, stored.sha256))
      for (const row of rows) records.push(toTradeRecord(row, index));
  return records;
}
