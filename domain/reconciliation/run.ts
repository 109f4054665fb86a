import { decider } from '../kernel/decider.js';
import { Rejected, invariant } from '../kernel/errors.js';
import { CompleteRun, FailRun, InterruptRun, RecordBreaks, RequestRun, StartRun } from './commands.js';
import { runEvents, type RunEvent } from './events.js';
import { readTolerances } from './matching/tolerances.js';
import type { BookSide } from './trade-record.js';

export type Run =
  | { readonly state: 'unknown' }
  | { readonly state: 'open'; readonly attempts: number; readonly breaks: number }
  | { readonly state: 'completed' }
  | { readonly state: 'failed' };

/** A job that ends its worker this often is not tried again (rule J1). */
const maximumAttempts = 3;

/** One comparison of two books: asked for, computed by a job, and then final. */
export const run = decider<Run, RunEvent>()({
  category: 'run',
  events: runEvents,
  commands: { RequestRun, StartRun, InterruptRun, RecordBreaks, CompleteRun, FailRun },
  id: ({ runId }) => runId,
  initial: { state: 'unknown' },

  decide: {
    RequestRun: ({ runId, tradeDate, internal, broker, tolerances = {}, books }, { state }) => {
      if (state !== 'unknown') return [];
      const read = readTolerances(tolerances);
      if ('problems' in read)
        throw new Rejected('reconciliation.bad-tolerances', 'these tolerances cannot be judged by', {
          problems: read.problems.map(({ field, reason }) => ({ field, reason })),
        });
      const bookFor = (side: BookSide) => (uploadId: string) => {
        const book = books.find((candidate) => candidate.uploadId === uploadId);
        if (!book)
          throw new Rejected('reconciliation.unknown-upload', `there is no upload ${uploadId}`, { uploadId });
        if (book.side !== side)
          throw new Rejected('reconciliation.wrong-side', `upload ${uploadId} is of the ${book.side} side`, {
            uploadId,
          });
        return book;
      };
      const data = {
        runId,
        tradeDate,
        internal: internal.map(bookFor('internal')),
        broker: broker.map(bookFor('broker')),
        tolerances: { ...tolerances },
      };
      return [{ type: 'RunRequested', data }];
    },

    StartRun: ({ runId }, before) => {
      if (before.state !== 'open') throw notOpen(runId, before);
      if (before.attempts >= maximumAttempts)
        throw new Rejected(
          'reconciliation.attempts-exhausted',
          `the run was begun ${maximumAttempts} times and never finished`,
        );
      return [{ type: 'RunStarted', data: { runId, attempt: before.attempts + 1 } }];
    },

    InterruptRun: ({ runId }, { state }) =>
      state === 'open' ? [{ type: 'RunInterrupted', data: { runId } }] : [],

    RecordBreaks: ({ runId, first, breaks }, before) => {
      if (before.state === 'completed') return [];
      if (before.state !== 'open') throw notOpen(runId, before);
      // An earlier attempt, or another worker, found the same ones: the computation is deterministic.
      if (first < before.breaks) return [];
      invariant(first === before.breaks, 'breaks are recorded without gaps', {
        first,
        recorded: before.breaks,
      });
      return [{ type: 'BreaksFound', data: { runId, first, breaks } }];
    },

    CompleteRun: ({ runId, counts, manifest }, before) => {
      if (before.state === 'completed') return [];
      if (before.state !== 'open') throw notOpen(runId, before);
      invariant(before.breaks === manifest.breaks.rows, 'every break is recorded before the completion');
      return [{ type: 'RunCompleted', data: { runId, counts, manifest } }];
    },

    FailRun: ({ runId, reason }, before) => {
      if (before.state === 'failed') return [];
      if (before.state !== 'open') throw notOpen(runId, before);
      return [{ type: 'RunFailed', data: { runId, reason } }];
    },
  },

  evolve: {
    RunRequested: () => ({ state: 'open', attempts: 0, breaks: 0 }),
    RunStarted: (before, { data }) =>
      before.state === 'open' ? { ...before, attempts: data.attempt } : before,
    RunInterrupted: (before) =>
      before.state === 'open' ? { ...before, attempts: Math.max(0, before.attempts - 1) } : before,
    BreaksFound: (before, { data }) =>
      before.state === 'open' ? { ...before, breaks: before.breaks + data.breaks.length } : before,
    RunCompleted: () => ({ state: 'completed' }),
    RunFailed: () => ({ state: 'failed' }),
  },
});

function notOpen(runId: string, { state }: Run): Rejected {
  return state === 'unknown'
    ? new Rejected('reconciliation.unknown-run', `there is no run ${runId}`)
    : new Rejected('reconciliation.run-finished', `run ${runId} has ${state} already`);
}
