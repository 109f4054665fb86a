import type { Job } from '../kernel/job.js';
import { CompleteRun, FailRun, StartRun } from './commands.js';
import { runEvents, type RunEvent } from './events.js';

export type RunOutput = Omit<CompleteRun, 'runId'>;

/** The computation behind a run: two books in, matches and breaks out. */
export const runJob: Job<RunEvent, RunOutput> = {
  name: 'reconcile-books',
  events: runEvents,
  requested: 'RunRequested',
  finished: ['RunCompleted', 'RunFailed'],
  id: ({ data }) => data.runId,
  started: (runId) => Object.assign(new StartRun(), { runId }),
  completed: (runId, output) => Object.assign(new CompleteRun(), { runId, ...output }),
  failed: (runId, reason) => Object.assign(new FailRun(), { runId, reason }),
};
