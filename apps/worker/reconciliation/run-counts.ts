import type { CarriedRecord } from '../../../domain/reconciliation/carry-forward/open-records.js';
import type { SortedOut } from '../../../domain/reconciliation/carry-forward/sorting-out.js';
import type { RunTerms } from '../../../domain/reconciliation/runs/events.js';
import {
  breakTypes,
  type BreakType,
  type Match,
  type MatchStrategy,
  type ReconciliationCounts,
} from '../../../domain/reconciliation/matching/result.js';
import type { BookSide, TradeRecord } from '../../../domain/reconciliation/trade-record.js';

type Books = Readonly<Record<BookSide, readonly TradeRecord[]>>;

export interface Compared {
  readonly terms: RunTerms;
  /** All records of its own uploads. */
  readonly own: Books;
  /** Those that took part, carried ones too. */
  readonly books: Books;
  readonly carried: readonly CarriedRecord[];
}

/** The counts of a run: its own records and its own breaks, and beside them what it has of earlier runs. */
export function runCounts(
  found: ReconciliationCounts,
  { breaks, known, clearedRecords }: SortedOut,
  { terms, own, books, carried }: Compared,
): ReconciliationCounts {
  const counts = { ...found, breaks: breakCounts(breaks) };
  const continued = terms.continues ? { ...counts, known } : counts;
  if (!terms.carryForward) return continued;
  const carriedOf = (side: BookSide): number => carried.filter((one) => one.side === side).length;
  const internal = books.internal.length - carriedOf('internal');
  const broker = books.broker.length - carriedOf('broker');
  return {
    ...continued,
    internal,
    broker,
    otherDates: { internal: own.internal.length - internal, broker: own.broker.length - broker },
    carried: { internal: carriedOf('internal'), broker: carriedOf('broker'), cleared: clearedRecords },
  };
}

function breakCounts(breaks: readonly { readonly type: BreakType }[]): Record<BreakType, number> {
  const counts = Object.fromEntries(breakTypes.map((type) => [type, 0])) as Record<BreakType, number>;
  for (const { type } of breaks) counts[type] += 1;
  return counts;
}

export function strategyCounts(matches: readonly Match[]): Partial<Record<MatchStrategy, number>> {
  const counts: Partial<Record<MatchStrategy, number>> = {};
  for (const { strategy } of matches) counts[strategy] = (counts[strategy] ?? 0) + 1;
  return counts;
}
