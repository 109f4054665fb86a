import { type TradeRecord } from '../trade-record.js';
import { countsOf } from './counts.js';
import { type CrossReference, withResolvedSymbols } from './cross-reference.js';
import { setDuplicatesAside } from './duplicates.js';
import { type BookSources, matchExactly } from './exact.js';
import { matchGroups } from './groups.js';
import { findOneFieldBreaks } from './one-field-breaks.js';
import { type Reconciliation } from './result.js';
import { SearchLimits } from './search-limits.js';
import { matchSharedTradeIds } from './shared-trade-id.js';
import { matchWithinTolerance } from './tolerance.js';
import { findUnmatched } from './unmatched.js';
import { type RunTolerances, Yardsticks } from './yardsticks.js';

/** Both ends are included. */
export interface TradeDateRange {
  readonly from: string;
  readonly to: string;
}

export interface ReconciliationTerms extends RunTolerances {
  readonly tradeDate: string | TradeDateRange;
  /** The coarser time step of the two sides' profiles, in milliseconds; 1. */
  readonly timeResolution?: number | undefined;
  /** Needed where tolerances are overridden by source. */
  readonly sources?: BookSources | undefined;
  /** What the symbols of both sides are resolved by, before all else. */
  readonly crossReference?: CrossReference | undefined;
  /** What no sender of the files can know (`recordKeys`); it decides nothing. */
  readonly salt?: string | undefined;
}

/**
 * Compares two sides of a run. Every record of its dates ends in exactly one match, group or break, and what comes
 * out depends neither on the order of the rows nor on which side is called internal.
 */
export function reconcile(
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  { tradeDate, timeResolution = 1, sources, crossReference, salt = '', ...judgedBy }: ReconciliationTerms,
): Reconciliation {
  const yardsticks = new Yardsticks(judgedBy, timeResolution, crossReference);
  const limits = new SearchLimits();
  const range = typeof tradeDate === 'string' ? { from: tradeDate, to: tradeDate } : tradeDate;
  const isOfRun = (record: TradeRecord): boolean =>
    record.tradeDate >= range.from && record.tradeDate <= range.to;
  const internalOfRun = withResolvedSymbols(internal.filter(isOfRun), crossReference);
  const brokerOfRun = withResolvedSymbols(broker.filter(isOfRun), crossReference);

  const internalSide = setDuplicatesAside(internalOfRun, 'internal', salt);
  const brokerSide = setDuplicatesAside(brokerOfRun, 'broker', salt);
  const exact = matchExactly(internalSide.records, brokerSide.records, timeResolution, sources, salt);
  const shared = matchSharedTradeIds(exact.open, yardsticks);
  const near = matchWithinTolerance(shared.open, yardsticks, limits);
  const grouped = matchGroups(near.open, shared.held, yardsticks, limits);
  const differing = findOneFieldBreaks(grouped.open, grouped.held, yardsticks, limits);
  const unmatched = findUnmatched(differing.open, yardsticks, limits);

  const found = [exact, shared, near, grouped].flatMap((step) => step.matches);
  const matches = found.map(({ match }) => match);
  const matched = found.map((one) => one.records);
  const breaks = [internalSide, brokerSide, differing, { breaks: unmatched }].flatMap((step) => step.breaks);
  const records = { internal: internalOfRun.length, broker: brokerOfRun.length };
  const otherDates = { internal: internal.length - records.internal, broker: broker.length - records.broker };
  const counts = countsOf(records, otherDates, matches, breaks);
  return { counts, matches, matched, breaks, searchLimits: limits.list() };
}
