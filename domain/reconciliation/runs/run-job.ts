import type { Job } from '../../kernel/job.js';
import { CompleteRun, FailRun, InterruptRun, RecordBreaks, StartRun } from './commands.js';
import { runEvents, type RunEvent } from './events.js';
import type { Break } from '../matching/result.js';
import { partsOf } from '../parts.js';

export interface RunOutput extends Omit<CompleteRun, 'runId'> {
  readonly breaks: readonly Break[];
}

/** The computation behind a run: two books in, matches and breaks out. */
export const runJob: Job<RunEvent, RunOutput> = {
  name: 'reconcile-books',
  events: runEvents,
  requested: 'RunRequested',
  finished: ['RunCompleted', 'RunFailed'],
  id: ({ data }) => data.runId,
  started: (runId) => Object.assign(new StartRun(), { runId }),
  interrupted: (runId) => Object.assign(new InterruptRun(), { runId }),
  completed: (runId, { counts, manifest, strategies, searchLimits, breaks }) => [
    ...partsOf(breaks).map(({ first, items }) =>
      Object.assign(new RecordBreaks(), { runId, first, breaks: items }),
    ),
    Object.assign(new CompleteRun(), {
      runId,
      counts,
      manifest,
      ...(strategies && { strategies }),
      ...(searchLimits && { searchLimits }),
    }),
  ],
  failed: (runId, reason) => Object.assign(new FailRun(), { runId, reason }),
};
