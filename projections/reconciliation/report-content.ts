import { decimalOf, formatDecimal, sumOfDecimals } from '../../domain/kernel/decimal.js';
import {
  breakStates,
  breakTypes,
  isUnsettled,
  severities,
  type ReportKind,
  type ReportTerms,
} from '../../domain/reconciliation/contract.js';
import type { ListedBreak } from './breaks.js';
import { openReasonOf } from './open-reason.js';
import { brokenRecords, matchRateOf, type RunWithResults } from './match-rate.js';
import type { ListedRun } from './runs.js';
import type { ListedSettlement } from './settlements.js';

/** How many, and what they are worth by currency, as decimal texts. */
export interface Tally {
  readonly count: number;
  readonly notional: Readonly<Record<string, string>>;
}

/** A break that somebody still has to do something about, and why it is open. */
export interface OpenBreakLine {
  readonly breakId: string;
  readonly runId: string;
  readonly tradeDate: string;
  readonly type: string;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly symbol: string;
  readonly account: string;
  readonly currency: string;
  readonly notional: string;
  readonly severity: string;
  readonly state: string;
  readonly assignee: string;
  readonly ageDays: number;
  readonly reason: string;
}

/** Documents of one workspace as they stood at a moment, each in the order of their ids. */
export interface ReportedDocuments {
  readonly runs: readonly ListedRun[];
  readonly breaks: readonly ListedBreak[];
  readonly settlements: readonly ListedSettlement[];
}

/** Whole days from one moment to a later one. */
export function ageInDays(from: string, to: string): number {
  return Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000));
}

export interface ReportDocument {
  readonly kind: ReportKind;
  readonly from: string;
  readonly to: string;
  readonly asOf: string;
  readonly [part: string]: unknown;
  readonly open: readonly OpenBreakLine[];
}

/** What is reported of the runs of a period: it follows from the documents and the moment alone. */
export function reportContent(
  { kind, from, to, asOf }: Pick<ReportTerms, 'kind' | 'from' | 'to' | 'asOf'>,
  documents: ReportedDocuments,
): ReportDocument {
  const inPeriod = documents.runs.filter(({ tradeDate }) => tradeDate >= from && tradeDate <= to);
  const runs = inPeriod.filter(isCompleted);
  const byId = new Map(runs.map((run) => [run.runId, run] as const));
  const replacedBy = replacements(runs);
  const current = runs.filter(({ runId }) => !replacedBy.has(runId));
  const breaks = documents.breaks.filter(({ runId }) => byId.has(runId));
  const open = breaks.filter(({ state }) => isUnsettled(state));
  const age = ({ foundAt }: ListedBreak): number => ageInDays(foundAt, asOf.time);
  return {
    kind,
    from,
    to,
    asOf: asOf.time,
    records: totals(current, ({ counts }) => ({ internal: counts.internal, broker: counts.broker })),
    otherDates: totals(current, ({ counts }) => counts.otherDates),
    carried: totals(current, ({ counts }) => counts.carried ?? { internal: 0, broker: 0, cleared: 0 }),
    matches: totals(current, ({ counts }) => counts.matched),
    matchRate: matchRateOf(
      current.map(({ counts }) => counts),
      brokenRecords(breaks.filter(({ state }) => state !== 'cleared')),
    ),
    strategies: shares(totals(current, ({ strategies = {} }) => strategies)),
    breaks: {
      all: tally(breaks),
      byState: tallies(breakStates, breaks, ({ state }) => state),
      byType: tallies(breakTypes, breaks, ({ type }) => type),
      openByType: tallies(breakTypes, open, ({ type }) => type),
      openBySeverity: tallies(severities, open, ({ severity }) => severity),
      openByAge: tallies(
        ageBands.map(({ name }) => name),
        open,
        (one) => ageBands.find(({ below }) => age(one) < below)?.name,
      ),
    },
    settlementLadder: ladder(documents.settlements.filter(({ runId }) => byId.has(runId))),
    staleRuns: inPeriod.flatMap(({ runId, tradeDate, stale }) =>
      stale ? [{ runId, tradeDate, ...stale, replacedBy: replacedBy.get(runId) ?? null }] : [],
    ),
    runs: inPeriod.map(({ manifest: _manifest, ...run }) => run),
    open: open.map((one) => ({
      breakId: one.breakId,
      runId: one.runId,
      tradeDate: byId.get(one.runId)?.tradeDate ?? '',
      type: one.type,
      internal: one.internal,
      broker: one.broker,
      symbol: one.symbol ?? '',
      account: one.account ?? '',
      currency: one.currency,
      notional: one.notional,
      severity: one.severity,
      state: one.state,
      assignee: one.assignee ?? '',
      ageDays: age(one),
      reason: openReasonOf(one, replacedBy.has(one.runId) ? undefined : byId.get(one.runId)),
    })),
  };
}

const ageBands = [
  { name: 'under1Day', below: 1 },
  { name: 'from1Day', below: 3 },
  { name: 'from3Days', below: 7 },
  { name: 'from7Days', below: Number.POSITIVE_INFINITY },
] as const;

/** Runs that another completed run went on from, or did again, and the last one of those: its counts are counted. */
function replacements(runs: readonly RunWithResults[]): ReadonlyMap<string, string> {
  const next = new Map<string, string>();
  for (const { runId, continues, again } of runs)
    for (const earlier of [continues, again]) if (earlier !== undefined) next.set(earlier, runId);
  return next;
}

function isCompleted(run: ListedRun): run is RunWithResults {
  return run.status === 'completed' && run.counts !== undefined;
}

function totals<Name extends string>(
  runs: readonly RunWithResults[],
  countsOf: (run: RunWithResults) => Readonly<Partial<Record<Name, number>>>,
): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const run of runs)
    for (const [name, count] of Object.entries<number | undefined>(countsOf(run)))
      sums[name] = (sums[name] ?? 0) + (count ?? 0);
  return Object.fromEntries(Object.entries(sums).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Of all matches, to six digits. */
function shares(
  counts: Readonly<Record<string, number>>,
): Record<string, { matches: number; share: number }> {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return Object.fromEntries(
    Object.entries(counts).map(([name, matches]) => [
      name,
      { matches, share: Math.round((matches / all) * 1e6) / 1e6 },
    ]),
  );
}

function tally(breaks: readonly ListedBreak[]): Tally {
  const currencies = [...new Set(breaks.map(({ currency }) => currency))].sort();
  return {
    count: breaks.length,
    notional: Object.fromEntries(
      currencies.map((currency) => [
        currency,
        formatDecimal(
          sumOfDecimals(
            breaks.filter((one) => one.currency === currency).map(({ notional }) => decimalOf(notional)),
          ),
        ),
      ]),
    ),
  };
}

function tallies(
  names: readonly string[],
  breaks: readonly ListedBreak[],
  nameOf: (one: ListedBreak) => string | undefined,
): Record<string, Tally> {
  return Object.fromEntries(names.map((name) => [name, tally(breaks.filter((one) => nameOf(one) === name))]));
}

/** By settlement date and currency: how many in each state, and what is open. */
function ladder(settlements: readonly ListedSettlement[]): readonly object[] {
  const steps = new Map<string, ListedSettlement[]>();
  for (const one of settlements) {
    const step = `${one.settlementDate} ${one.currency}`;
    steps.set(step, [...(steps.get(step) ?? []), one]);
  }
  return [...steps]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([step, ofStep]) => ({
      settlementDate: step.slice(0, 10),
      currency: step.slice(11),
      states: ofStep.reduce<Record<string, number>>(
        (counts, { state }) => ({ ...counts, [state]: (counts[state] ?? 0) + 1 }),
        {},
      ),
      netAmount: formatDecimal(sumOfDecimals(ofStep.map(({ netAmount }) => decimalOf(netAmount)))),
      openAmount: formatDecimal(sumOfDecimals(ofStep.map(({ openAmount }) => decimalOf(openAmount)))),
    }));
}
