import type { Job } from '../kernel/job.js';
import { CompleteRun, FailRun, InterruptRun, RecordBreaks, StartRun } from './commands.js';
import { runEvents, type RunEvent } from './events.js';
import type { Break } from './matching/result.js';

export interface RunOutput extends Omit<CompleteRun, 'runId'> {
  readonly breaks: readonly Break[];
}

/** In UTF-16 units of JSON: at most three times as many bytes, which stays under the megabyte of an append. */
const largestPart = 250_000;

/** The computation behind a run: two books in, matches and breaks out. */
export const runJob: Job<RunEvent, RunOutput> = {
  name: 'reconcile-books',
  events: runEvents,
  requested: 'RunRequested',
  finished: ['RunCompleted', 'RunFailed'],
  id: ({ data }) => data.runId,
  started: (runId) => Object.assign(new StartRun(), { runId }),
  interrupted: (runId) => Object.assign(new InterruptRun(), { runId }),
  completed: (runId, { counts, manifest, breaks }) => [
    ...partsOf(breaks).map((part) => Object.assign(new RecordBreaks(), { runId, ...part })),
    Object.assign(new CompleteRun(), { runId, counts, manifest }),
  ],
  failed: (runId, reason) => Object.assign(new FailRun(), { runId, reason }),
};

function partsOf(breaks: readonly Break[]): { first: number; breaks: Break[] }[] {
  const parts: { first: number; breaks: Break[] }[] = [];
  let size = largestPart;
  for (const [ordinal, found] of breaks.entries()) {
    const own = JSON.stringify(found).length;
    if (size + own > largestPart) {
      parts.push({ first: ordinal, breaks: [] });
      size = 0;
    }
    parts.at(-1)?.breaks.push(found);
    size += own;
  }
  return parts;
}
