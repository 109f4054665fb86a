import { matchedTrades } from '../../../domain/reconciliation/settlement/matched-trades.js';
import { takesIn, type CarriedRecord } from '../../../domain/reconciliation/carry-forward/open-records.js';
import { sortOut } from '../../../domain/reconciliation/carry-forward/sorting-out.js';
import type { RunBook, RunTerms } from '../../../domain/reconciliation/runs/events.js';
import { keepApart } from '../../../domain/reconciliation/unmade-matches/kept-apart.js';
import { reconcile } from '../../../domain/reconciliation/matching/reconcile.js';
import type { RunOutput } from '../../../domain/reconciliation/runs/run-job.js';
import type { BookSide, TradeRecord } from '../../../domain/reconciliation/trade-record.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import type { MatchedRecords } from '../../../domain/reconciliation/matching/result.js';
import type { Row } from '../../../infra/objects/column-rows.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import {
  breakColumns,
  breakListColumns,
  matchColumns,
  matchedTradeColumns,
  tradeColumns,
  unmatchedColumns,
} from '../../../projections/reconciliation/columns.js';
import { toBreakRow, toUnmatchedRow } from '../../objects/reconciliation/break-rows.js';
import { readEarlierRuns } from '../../objects/reconciliation/earlier-runs.js';
import { writeRuledBreaks } from './ruled-breaks.js';
import { judgingOf } from '../../objects/reconciliation/run-judging.js';
import { runCounts, strategyCounts } from './run-counts.js';
import { toMatchedTradeRow, toTradeRecord } from '../../objects/reconciliation/trade-rows.js';

/** In the event of a run's completion; the explanations of the breaks say the rest. */
const mostSearchLimits = 100;

/** Compares the two books of a run. */
export async function reconcileBooks(terms: RunTerms, { columns }: ComputationTools): Promise<RunOutput> {
  const { runId } = terms;
  const earlier = await readEarlierRuns(terms, columns);
  const own = {
    internal: await bookOf(terms.internal, columns),
    broker: await bookOf(terms.broker, columns),
  };
  const books = {
    internal: takingPart('internal', own.internal, terms, earlier.carried),
    broker: takingPart('broker', own.broker, terms, earlier.carried),
  };
  const uploads = uploadsByPlace(terms, earlier.carried);
  const uploadOf = (side: BookSide, { upload }: TradeRecord) => uploads.get(`${side} ${upload}`) ?? '';
  const judging = await judgingOf(terms, columns);
  const compare = (internal: readonly TradeRecord[], broker: readonly TradeRecord[]) =>
    reconcile(internal, broker, judging);
  const unmade = earlier.keptApart;
  const found = keepApart(compare(books.internal, books.broker), { books, unmade, uploadOf, compare });
  const sorted = sortOut(found, { ...earlier, runId, books, uploadOf });
  const { matches, breaks, unmatched, standing, cleared, restored } = sorted;
  const manifest = {
    matches: await columns.write(matchColumns, matches),
    breaks: await columns.write(breakColumns, breaks),
    unmatched: await columns.write(unmatchedColumns, unmatched.map(toUnmatchedRow)),
    standing: await columns.write(
      breakListColumns,
      standing.map((one) => toBreakRow({ terms: one })),
    ),
    ...(cleared.length > 0 && { cleared: await columns.write(breakListColumns, cleared.map(toBreakRow)) }),
    ...(restored.length > 0 && { restored: await columns.write(breakListColumns, restored.map(toBreakRow)) }),
    ...(await writeRuledBreaks(
      terms,
      standing.filter((one) => one.runId === runId),
      columns,
    )),
    ...(terms.settle && { matchedTrades: await columns.write(matchedTradeColumns, settled(found.matched)) }),
  };
  const counts = runCounts(found.counts, sorted, { terms, own, books, carried: earlier.carried });
  const searchLimits = found.searchLimits.slice(0, mostSearchLimits);
  return {
    counts,
    manifest,
    strategies: strategyCounts(matches),
    ...(searchLimits.length > 0 && { searchLimits }),
    breaks,
  };
}

/** The records of a side that are compared: of its own uploads, and those that are carried forward. */
function takingPart(
  side: BookSide,
  own: readonly TradeRecord[],
  terms: RunTerms,
  carried: readonly CarriedRecord[],
): readonly TradeRecord[] {
  const { tradeDate, carryForward } = terms;
  if (!carryForward) return own;
  const isTakenIn = takesIn(tradeDate, carryForward, carried);
  return [
    ...own.filter((record) => isTakenIn({ uploadId: terms[side][record.upload]?.uploadId ?? '', record })),
    ...carried.filter((one) => one.side === side).map(({ record }) => record),
  ];
}

function uploadsByPlace(terms: RunTerms, carried: readonly CarriedRecord[]): ReadonlyMap<string, string> {
  const ofSide = (side: BookSide) =>
    terms[side].map(({ uploadId }, index) => [`${side} ${index}`, uploadId] as const);
  const ofCarried = carried.map(
    ({ side, record, uploadId }) => [`${side} ${record.upload}`, uploadId] as const,
  );
  return new Map([...ofSide('internal'), ...ofSide('broker'), ...ofCarried]);
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
