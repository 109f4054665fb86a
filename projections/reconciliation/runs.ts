import {
  runEvents,
  type LeftOut,
  type ReconciliationCounts,
  type RunEvent,
  type RunManifest,
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
  /** Present where its matches are settled. */
  readonly settle?: true;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly attempts: number;
  readonly counts?: ReconciliationCounts;
  readonly manifest?: RunManifest;
  readonly completedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
  /** From the completion on, of a run that settles. */
  readonly netting?: ListedNetting;
}

export const runs = projection<ListedRun, RunEvent>({
  name: 'runs',
  version: 1,
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
      ...(data.settle && { settle: data.settle }),
      requestedAt: at,
      requestedBy: actor,
      attempts: 0,
    }),
    RunStarted: (run, { data }) => run && { ...run, status: 'running', attempts: data.attempt },
    RunInterrupted: (run) => run && { ...run, status: 'accepted', attempts: Math.max(0, run.attempts - 1) },
    RunCompleted: (run, { data, at }) =>
      run && { ...run, status: 'completed', counts: data.counts, manifest: data.manifest, completedAt: at },
    BreaksFound: (run) => run,
    RunFailed: (run, { data, at }) =>
      run && { ...run, status: 'failed', reason: data.reason, completedAt: at },
    NettingRequested: (run) => run && { ...run, netting: { status: 'requested', settlements: 0 } },
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
