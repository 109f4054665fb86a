import { decider } from '../kernel/decider.js';
import { Rejected, invariant } from '../kernel/errors.js';
import { nextAttempt, withoutAttempt } from './attempts.js';
import { CompleteRun, FailRun, InterruptRun, RecordBreaks, RequestRun, StartRun } from './commands.js';
import { runEvents, type RunEvent } from './events.js';
import { readTolerances } from './matching/tolerances.js';
import {
  CompleteNetting,
  FailNetting,
  InterruptNetting,
  RecordSettlements,
  StartNetting,
} from './settlement/commands.js';
import type { NettingEvent } from './settlement/events.js';
import {
  completeNetting,
  evolveNetting,
  failNetting,
  interruptNetting,
  recordSettlements,
  startNetting,
  type RunNetting,
} from './settlement/run-netting.js';
import type { BookSide } from './trade-record.js';

export type Run =
  | { readonly state: 'unknown' }
  | {
      readonly state: 'open';
      readonly attempts: number;
      readonly breaks: number;
      readonly settles: boolean;
    }
  | { readonly state: 'completed'; readonly netting: RunNetting }
  | { readonly state: 'failed' };

/** One comparison of two books: asked for, computed by a job, and then final. Its matches may be netted by another. */
export const run = decider<Run, RunEvent>()({
  category: 'run',
  events: runEvents,
  commands: {
    RequestRun,
    StartRun,
    InterruptRun,
    RecordBreaks,
    CompleteRun,
    FailRun,
    StartNetting,
    InterruptNetting,
    RecordSettlements,
    CompleteNetting,
    FailNetting,
  },
  id: ({ runId }) => runId,
  initial: { state: 'unknown' },

  decide: {
    RequestRun: ({ runId, tradeDate, internal, broker, tolerances = {}, books, settle }, { state }) => {
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
        ...(settle === true && { settle }),
      };
      return [{ type: 'RunRequested', data }];
    },

    StartRun: ({ runId }, before) => {
      if (before.state !== 'open') throw notOpen(runId, before);
      return [{ type: 'RunStarted', data: { runId, attempt: nextAttempt('the run', before.attempts) } }];
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
      const completed: RunEvent = { type: 'RunCompleted', data: { runId, counts, manifest } };
      if (!before.settles) return [completed];
      const { matchedTrades: trades } = manifest;
      invariant(trades !== undefined, 'a run that settles keeps its matched trades');
      return [completed, { type: 'NettingRequested', data: { runId, trades } }];
    },

    FailRun: ({ runId, reason }, before) => {
      if (before.state === 'failed') return [];
      if (before.state !== 'open') throw notOpen(runId, before);
      return [{ type: 'RunFailed', data: { runId, reason } }];
    },

    StartNetting: (command, before) => startNetting(command, nettingOf(before)),
    InterruptNetting: (command, before) => interruptNetting(command, nettingOf(before)),
    RecordSettlements: (command, before) => recordSettlements(command, nettingOf(before)),
    CompleteNetting: (command, before) => completeNetting(command, nettingOf(before)),
    FailNetting: (command, before) => failNetting(command, nettingOf(before)),
  },

  evolve: {
    RunRequested: (_before, { data }) => ({
      state: 'open',
      attempts: 0,
      breaks: 0,
      settles: data.settle === true,
    }),
    RunStarted: (before, { data }) =>
      before.state === 'open' ? { ...before, attempts: data.attempt } : before,
    RunInterrupted: (before) =>
      before.state === 'open' ? { ...before, attempts: withoutAttempt(before.attempts) } : before,
    BreaksFound: (before, { data }) =>
      before.state === 'open' ? { ...before, breaks: before.breaks + data.breaks.length } : before,
    RunCompleted: () => ({ state: 'completed', netting: { state: 'none' } }),
    RunFailed: () => ({ state: 'failed' }),
    NettingRequested: afterNetting,
    NettingStarted: afterNetting,
    NettingInterrupted: afterNetting,
    SettlementsNetted: afterNetting,
    NettingCompleted: afterNetting,
    NettingFailed: afterNetting,
  },
});

function nettingOf(before: Run): RunNetting {
  return before.state === 'completed' ? before.netting : { state: 'none' };
}

function afterNetting(before: Run, event: NettingEvent): Run {
  return before.state === 'completed' ? { ...before, netting: evolveNetting(before.netting, event) } : before;
}

function notOpen(runId: string, { state }: Run): Rejected {
  return state === 'unknown'
    ? new Rejected('reconciliation.unknown-run', `there is no run ${runId}`)
    : new Rejected('reconciliation.run-finished', `run ${runId} has ${state} already`);
}
