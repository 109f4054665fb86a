import {
  runEvents,
  type ReconciliationCounts,
  type RunEvent,
  type RunManifest,
  type ToleranceSet,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedRun {
  readonly runId: string;
  readonly status: 'accepted' | 'running' | 'completed' | 'failed';
  readonly tradeDate: string;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly tolerances: ToleranceSet;
  readonly requestedAt: string;
  readonly requestedBy: string;
  readonly attempts: number;
  readonly counts?: ReconciliationCounts;
  readonly manifest?: RunManifest;
  readonly completedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
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
  },
});
