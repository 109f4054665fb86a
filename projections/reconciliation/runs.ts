import {
  breakIdOf,
  runEvents,
  type LeftOut,
  type MatchStrategy,
  type ReconciliationCounts,
  type RunEvent,
  type RunManifest,
  type SearchLimit,
  type StoredObject,
  type ToleranceContent,
  type ToleranceSet,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

/** How far the settlements of a run are; how they fare, the settlements themselves say. */
export interface ListedNetting {
  readonly status: 'requested' | 'completed' | 'failed';
  /** So many were netted so far. */
  readonly settlements: number;
  /** Matched trades that are in no settlement, and why. */
  readonly leftOut?: readonly LeftOut[];
  /** Why it failed. */
  readonly reason?: string;
}

export interface ListedRun {
  readonly runId: string;
  readonly status: 'accepted' | 'running' | 'completed' | 'failed';
  readonly tradeDate: string;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly tolerances: ToleranceSet;
  /** The set that the tolerances are of. */
  readonly toleranceSet?: { readonly name: string; readonly version: number };
  readonly overrides?: ToleranceContent['overrides'];
  /** What its symbols were resolved by. */
  readonly crossReferenceVersion?: number;
  /** Searches that came to the end of the work they may do. */
  readonly searchLimits?: readonly SearchLimit[];
  /** From the first on; left out where nobody matched anything by hand. */
  readonly handMatches?: readonly ListedHandMatch[];
  /** Left out where nobody unmade any match. */
  readonly unmadeMatches?: readonly ListedUnmadeMatch[];
  /** In milliseconds; the coarsest of its uploads. */
  readonly timeResolution: number;
  /** What it takes from earlier runs. */
  readonly carryForward?: { readonly days: number; readonly from: string; readonly runs: readonly string[] };
  /** The run that it goes on from. */
  readonly continues?: string;
  /** The run that it does again, with other uploads. */
  readonly again?: string;
  /** Since when an upload that it has used is out of use, the first one; the run can be run again. */
  readonly stale?: {
    readonly at: string;
    readonly uploadId: string;
    readonly reason: string;
    readonly supersededBy?: string;
  };
  /** Present where its matches are settled. */
  readonly settle?: true;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly attempts: number;
  readonly counts?: ReconciliationCounts;
  /** How many matches each strategy found. */
  readonly strategies?: Readonly<Partial<Record<MatchStrategy, number>>>;
  readonly manifest?: RunManifest;
  readonly completedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** From the completion on, of a run that settles. */
  readonly netting?: ListedNetting;
}

/** Beside what the run computed, which it leaves as it is. */
export interface ListedHandMatch {
  readonly matchId: string;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  /** Ids of the breaks of its records. */
  readonly breaks: readonly string[];
  /** What its records disagree in. */
  readonly differences: readonly string[];
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  readonly undone?: { readonly reason: string; readonly by: string; readonly at: string };
}

/** Beside what the run computed, which it leaves as it is. */
export interface ListedUnmadeMatch {
  /** Where it stands among the matches of the run, from 0. */
  readonly match: number;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  /** Ids of the breaks that its records have of this run. */
  readonly breaks: readonly string[];
  /** Ids of those of earlier runs that it cleared, and that are open again. */
  readonly restored?: readonly string[];
  /** `unmadeColumns`. */
  readonly records: StoredObject;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
}

export const runs = projection<ListedRun, RunEvent>({
  name: 'runs',
  version: 2,
  indexes: [['tradeDate'], ['status']],
  events: runEvents,
  key: ({ data }) => data.runId,
  on: {
    RunRequested: (_before, { data, at, actor }) => ({
      runId: data.runId,
      status: 'accepted',
      tradeDate: data.tradeDate,
      internal: data.internal.map(({ uploadId }) => uploadId),
      broker: data.broker.map(({ uploadId }) => uploadId),
      tolerances: data.tolerances,
      ...(data.toleranceSet && { toleranceSet: data.toleranceSet }),
      ...(data.overrides && { overrides: data.overrides }),
      ...(data.crossReference && { crossReferenceVersion: data.crossReference.version }),
      timeResolution: Math.max(...[...data.internal, ...data.broker].map((book) => book.timeResolution)),
      ...(data.carryForward && {
        carryForward: { ...data.carryForward, runs: data.carryForward.runs.map(({ runId }) => runId) },
      }),
      ...(data.continues && { continues: data.continues.runId }),
      ...(data.again !== undefined && { again: data.again }),
      ...(data.settle && { settle: data.settle }),
      requestedAt: at,
      requestedBy: actor,
      attempts: 0,
    }),
    RunStarted: (run, { data }) => run && { ...run, status: 'running', attempts: data.attempt },
    RunInterrupted: (run) => run && { ...run, status: 'accepted', attempts: Math.max(0, run.attempts - 1) },
    RunCompleted: (run, { data, at }) =>
      run && {
        ...run,
        status: 'completed',
        counts: data.counts,
        ...(data.strategies && { strategies: data.strategies }),
        ...(data.searchLimits && { searchLimits: data.searchLimits }),
        manifest: data.manifest,
        completedAt: at,
      },
    BreaksFound: (run) => run,
    RunFailed: (run, { data, at }) =>
      run && { ...run, status: 'failed', reason: data.reason, completedAt: at },
    RunBecameStale: (run, { data: { uploadId, withdrawal } }) => {
      if (!run || run.stale) return run;
      const { at, reason, by } = withdrawal;
      return { ...run, stale: { at, uploadId, reason, ...(by !== undefined && { supersededBy: by }) } };
    },
    RecordsMatchedByHand: (run, { data, at }) => {
      if (!run) return run;
      const { matchId, internal, broker, differences, reason, by } = data;
      const breaks = data.breaks.map(({ breakId }) => breakId);
      const made = { matchId, internal, broker, breaks, differences, reason, by, at };
      return { ...run, handMatches: [...(run.handMatches ?? []), made] };
    },
    HandMatchUndone: (run, { data: { matchId, reason, by }, at }) =>
      run && {
        ...run,
        handMatches: (run.handMatches ?? []).map((one) =>
          one.matchId === matchId ? { ...one, undone: { reason, by, at } } : one,
        ),
      },
    MatchUnmade: (run, { data, at }) => {
      if (!run) return run;
      const { match, internal, broker, records, reason, by } = data;
      const breaks = data.breaks.map((_one, index) => breakIdOf(data.runId, data.first + index));
      const restored = data.restored?.map(({ terms }) => terms.breakId);
      const made = {
        match,
        internal,
        broker,
        breaks,
        ...(restored && { restored }),
        records,
        reason,
        by,
        at,
      };
      return { ...run, unmadeMatches: [...(run.unmadeMatches ?? []), made] };
    },
    NettingRequested: (run) =>
      run && { ...run, netting: { status: 'requested', settlements: run.netting?.settlements ?? 0 } },
    NettingStarted: (run) => run,
    NettingInterrupted: (run) => run,
    SettlementsNetted: (run, { data }) =>
      run && {
        ...run,
        netting: { status: 'requested', settlements: data.first + data.settlements.length },
      },
    NettingCompleted: (run, { data }) =>
      run && {
        ...run,
        netting: { status: 'completed', settlements: data.count, leftOut: data.leftOut },
      },
    NettingFailed: (run, { data }) =>
      run && {
        ...run,
        netting: { status: 'failed', settlements: run.netting?.settlements ?? 0, reason: data.reason },
      },
  },
});
