import { decider } from '../../kernel/decider.js';
import { Rejected, invariant } from '../../kernel/errors.js';
import { jobLife } from '../../kernel/job-life.js';
import {
  CompleteRun,
  ContinueRun,
  FailRun,
  InterruptRun,
  MarkRunStale,
  RecordBreaks,
  RequestRun,
  RunAgain,
  StartRun,
} from './commands.js';
import { runEvents, type RunEvent, type RunManifest, type RunTerms } from './events.js';
import { termsAgain } from './run-again.js';
import { termsAsked, termsContinued } from './run-terms.js';
import { MatchByHand, UndoHandMatch } from '../hand-matches/commands.js';
import type { HandMatchEvent } from '../hand-matches/events.js';
import {
  evolveHandMatches,
  matchByHand,
  undoHandMatch,
  type HandMatch,
  type HandMatching,
} from '../hand-matches/hand-matches.js';
import {
  CompleteNetting,
  FailNetting,
  InterruptNetting,
  RecordSettlements,
  RetryNetting,
  StartNetting,
} from '../settlement/commands.js';
import type { NettingEvent } from '../settlement/events.js';
import {
  completeNetting,
  evolveNetting,
  failNetting,
  interruptNetting,
  recordSettlements,
  retryNetting,
  startNetting,
  type RunNetting,
} from '../settlement/run-netting.js';
import { UnmakeMatch } from '../unmade-matches/commands.js';
import { unmadeMatchOf, unmakeMatch, type UnmadeMatch } from '../unmade-matches/unmade-matches.js';

export type Run =
  | { readonly state: 'unknown' }
  | {
      readonly state: 'open';
      readonly attempts: number;
      readonly breaks: number;
      readonly terms: RunTerms;
    }
  | {
      readonly state: 'completed';
      readonly terms: RunTerms;
      readonly manifest: RunManifest;
      readonly netting: RunNetting;
      readonly handMatches: readonly HandMatch[];
      readonly unmade: readonly UnmadeMatch[];
    }
  | { readonly state: 'failed' };

const life = jobLife<Run>('reconciliation', 'run');

/** One comparison of two books: asked for, computed by a job, and then final. Its matches may be netted by another. */
export const run = decider<Run, RunEvent>()({
  category: 'run',
  events: runEvents,
  commands: {
    RequestRun,
    ContinueRun,
    RunAgain,
    MarkRunStale,
    StartRun,
    InterruptRun,
    RecordBreaks,
    CompleteRun,
    FailRun,
    MatchByHand,
    UndoHandMatch,
    UnmakeMatch,
    RetryNetting,
    StartNetting,
    InterruptNetting,
    RecordSettlements,
    CompleteNetting,
    FailNetting,
  },
  id: ({ runId }) => runId,
  initial: { state: 'unknown' },

  decide: {
    RequestRun: (command, { state }) =>
      state === 'unknown' ? [{ type: 'RunRequested', data: termsAsked(command) }] : [],
    ContinueRun: (command, { state }) =>
      state === 'unknown' ? [{ type: 'RunRequested', data: termsContinued(command) }] : [],
    RunAgain: (command, { state }) =>
      state === 'unknown' ? [{ type: 'RunRequested', data: termsAgain(command) }] : [],

    MarkRunStale: ({ runId, uploadId, withdrawal }, before) => {
      if (before.state === 'unknown') throw unknownRun(runId);
      return [{ type: 'RunBecameStale', data: { runId, uploadId, withdrawal } }];
    },

    StartRun: ({ runId }, before) => {
      return [{ type: 'RunStarted', data: { runId, attempt: life.nextAttempt(runId, before) } }];
    },

    InterruptRun: ({ runId }, before) =>
      life.isOpen(before) ? [{ type: 'RunInterrupted', data: { runId } }] : [],

    RecordBreaks: ({ runId, first, breaks }, before) => {
      if (before.state === 'completed') return [];
      const { breaks: recorded, terms } = life.open(runId, before);
      // An earlier attempt, or another worker, found the same ones: the computation is deterministic.
      if (first < recorded) return [];
      invariant(first === recorded, 'breaks are recorded without gaps', { first, recorded });
      const { tradeDate, breakPolicy } = terms;
      const judged = { tradeDate, ...(breakPolicy && { breakPolicy }) };
      return [{ type: 'BreaksFound', data: { runId, first, breaks, ...judged } }];
    },

    CompleteRun: ({ runId, counts, manifest, strategies, searchLimits }, before) => {
      if (before.state === 'completed') return [];
      const { breaks: recorded, terms } = life.open(runId, before);
      invariant(recorded === manifest.breaks.rows, 'every break is recorded before the completion');
      const { breakPolicy, settle } = terms;
      const judged = {
        ...(strategies && { strategies }),
        ...(searchLimits && { searchLimits }),
        ...(breakPolicy && { breakPolicy }),
      };
      const completed: RunEvent = { type: 'RunCompleted', data: { runId, counts, manifest, ...judged } };
      if (!settle) return [completed];
      const { matchedTrades: trades } = manifest;
      invariant(trades !== undefined, 'a run that settles keeps its matched trades');
      return [completed, { type: 'NettingRequested', data: { runId, trades } }];
    },

    FailRun: ({ runId, reason }, before) => {
      if (before.state === 'failed') return [];
      const { breaks } = life.open(runId, before);
      return [{ type: 'RunFailed', data: { runId, reason, ...(breaks > 0 && { breaks }) } }];
    },

    MatchByHand: (command, before, { actor }) =>
      matchByHand(command, handMatchingOf(command.runId, before), actor),
    UndoHandMatch: (command, before, { actor }) =>
      undoHandMatch(command, handMatchingOf(command.runId, before), actor),
    UnmakeMatch: (command, before, { actor }) =>
      unmakeMatch(command, completedOf(command.runId, before), actor),

    RetryNetting: (command, before) =>
      retryNetting(command, nettingOf(before), completedOf(command.runId, before).manifest.matchedTrades),
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
      terms: data,
    }),
    RunStarted: (before, { data }) => life.begun(before, data.attempt),
    RunInterrupted: life.interrupted,
    BreaksFound: (before, { data }) =>
      life.isOpen(before) ? { ...before, breaks: before.breaks + data.breaks.length } : before,
    RunCompleted: (before, { data }) =>
      life.isOpen(before)
        ? {
            state: 'completed',
            terms: before.terms,
            manifest: data.manifest,
            netting: { state: 'none' },
            handMatches: [],
            unmade: [],
          }
        : before,
    RunFailed: () => ({ state: 'failed' }),
    // It goes on as it was asked for: what it says is marked, not stopped.
    RunBecameStale: (before) => before,
    RecordsMatchedByHand: afterHand,
    HandMatchUndone: afterHand,
    MatchUnmade: (before, event) =>
      before.state === 'completed' ? { ...before, unmade: [...before.unmade, unmadeMatchOf(event)] } : before,
    NettingRequested: afterNetting,
    NettingStarted: afterNetting,
    NettingInterrupted: afterNetting,
    SettlementsNetted: afterNetting,
    NettingCompleted: afterNetting,
    NettingFailed: afterNetting,
  },
});

/** @throws Rejected `reconciliation.unknown-run`, `reconciliation.run-not-completed` */
function completedOf(runId: string, before: Run): Run & { state: 'completed' } {
  if (before.state === 'unknown') throw unknownRun(runId);
  if (before.state !== 'completed')
    throw new Rejected('reconciliation.run-not-completed', `run ${runId} is ${before.state}`);
  return before;
}

function handMatchingOf(runId: string, before: Run): HandMatching {
  const { handMatches: matches, terms } = completedOf(runId, before);
  return { matches, breakPolicy: terms.breakPolicy };
}

function afterHand(before: Run, event: HandMatchEvent): Run {
  return before.state === 'completed'
    ? { ...before, handMatches: evolveHandMatches(before.handMatches, event) }
    : before;
}

function nettingOf(before: Run): RunNetting {
  return before.state === 'completed' ? before.netting : { state: 'none' };
}

function afterNetting(before: Run, event: NettingEvent): Run {
  return before.state === 'completed' ? { ...before, netting: evolveNetting(before.netting, event) } : before;
}

function unknownRun(runId: string): Rejected {
  return new Rejected('reconciliation.unknown-run', `there is no run ${runId}`);
}
