import { type TradeRecord } from '../trade-record.js';
import { type Limits, readTolerances, type ToleranceSet } from './tolerances.js';
import { countsOf } from './counts.js';
import { setDuplicatesAside } from './duplicates.js';
import { matchExactly } from './exact.js';
import { matchGroups } from './groups.js';
import { findOneFieldBreaks } from './one-field-breaks.js';
import { type Reconciliation } from './result.js';
import { matchSharedTradeIds } from './shared-trade-id.js';
import { matchWithinTolerance } from './tolerance.js';
import { findUnmatched } from './unmatched.js';

/** Both ends are included. */
export interface TradeDateRange {
  readonly from: string;
  readonly to: string;
}

export interface ReconciliationTerms {
  readonly tradeDate: string | TradeDateRange;
  readonly tolerances: ToleranceSet;
  /** The coarser time step of the two sides' profiles, in milliseconds; 1. */
  readonly timeResolution?: number | undefined;
}

/**
 * Compares two sides of a run. Every record of its dates ends in exactly one match, group or break, and what comes
 * out depends neither on the order of the rows nor on which side is called internal.
 */
export function reconcile(
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  { tradeDate, tolerances, timeResolution = 1 }: ReconciliationTerms,
): Reconciliation {
  const yardstick = { limits: limitsOf(tolerances), resolution: timeResolution };
  const range = typeof tradeDate === 'string' ? { from: tradeDate, to: tradeDate } : tradeDate;
  const isOfRun = (record: TradeRecord): boolean =>
    record.tradeDate >= range.from && record.tradeDate <= range.to;
  const internalOfRun = internal.filter(isOfRun);
  const brokerOfRun = broker.filter(isOfRun);

  const internalSide = setDuplicatesAside(internalOfRun, 'internal');
  const brokerSide = setDuplicatesAside(brokerOfRun, 'broker');
  const exact = matchExactly(internalSide.records, brokerSide.records, timeResolution);
  const shared = matchSharedTradeIds(exact.open, yardstick);
  const near = matchWithinTolerance(shared.open, yardstick);
  const grouped = matchGroups(near.open, shared.held, yardstick);
  const differing = findOneFieldBreaks(grouped.open, grouped.held, yardstick);

  const found = [exact, shared, near, grouped].flatMap((step) => step.matches);
  const matches = found.map(({ match }) => match);
  const matched = found.map((one) => one.records);
  const breaks = [internalSide, brokerSide, differing, { breaks: findUnmatched(differing.open) }].flatMap(
    (step) => step.breaks,
  );
  const records = { internal: internalOfRun.length, broker: brokerOfRun.length };
  const otherDates = { internal: internal.length - records.internal, broker: broker.length - records.broker };
  return { counts: countsOf(records, otherDates, matches, breaks), matches, matched, breaks };
}

/** A set that nobody can judge by is refused when it is proposed; here it is a defect of the caller. */
function limitsOf(tolerances: ToleranceSet): Limits {
  const read = readTolerances(tolerances);
  if ('limits' in read) return read.limits;
  throw new RangeError(read.problems.map(({ field, reason }) => `${field} ${reason}`).join('; '));
}
