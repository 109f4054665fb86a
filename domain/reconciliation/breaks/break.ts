import { decider } from '../../kernel/decider.js';
import { isRejected } from '../../kernel/errors.js';
import type { CommandContext } from '../../kernel/event.js';
import { act, type Hand, type KnownBreak } from './actions.js';
import {
  ApplyToBreak,
  ApproveResolution,
  AssignBreak,
  CommentOnBreak,
  RejectResolution,
  ReopenBreak,
  ResolveBreak,
  StartInvestigation,
} from './commands.js';
import { type BreakAction, breakEvents, type BreakEvent, type BreakTerms } from './events.js';
import type { BreakPolicy } from './policy-table.js';
import { reopenedState } from './states.js';

export interface TouchedBreak {
  /** Undefined until the first command on it. */
  readonly known: KnownBreak | undefined;
}

/**
 * A difference that somebody owns: `open → assigned → investigating → resolved`, and open again. It was found by a run;
 * its own stream begins with its terms, when somebody first works on it. Above a limit a resolution is only proposed.
 */
export const brokenTrade = decider<TouchedBreak, BreakEvent>()({
  category: 'break',
  events: breakEvents,
  commands: {
    AssignBreak,
    StartInvestigation,
    CommentOnBreak,
    ResolveBreak,
    ApproveResolution,
    RejectResolution,
    ReopenBreak,
    ApplyToBreak,
  },
  id: ({ breakId }) => breakId,
  initial: { known: undefined },

  decide: {
    AssignBreak: (command, { known }, context) =>
      byHand(command, known, { kind: 'assign', to: command.to }, context),
    StartInvestigation: (command, { known }, context) =>
      byHand(command, known, { kind: 'investigate' }, context),
    CommentOnBreak: (command, { known }, context) =>
      byHand(command, known, { kind: 'comment', text: command.text }, context),
    ResolveBreak: (command, { known }, context) => {
      const { resolution, reason } = command;
      return byHand(command, known, { kind: 'resolve', resolution, reason }, context);
    },
    ApproveResolution: (command, { known }, context) => byHand(command, known, { kind: 'approve' }, context),
    RejectResolution: (command, { known }, context) =>
      byHand(command, known, { kind: 'reject', reason: command.reason }, context),
    ReopenBreak: (command, { known }, context) =>
      byHand(command, known, { kind: 'reopen', reason: command.reason }, context),

    ApplyToBreak: ({ terms, bulkId, by, action, policy, clearing }, { known }) => {
      if (known?.bulks.includes(bulkId)) return [];
      const { breakId, type } = terms;
      try {
        return opening(terms, known, action, { by, policy, bulkId, clearing });
      } catch (refusal) {
        if (!isRejected(refusal)) throw refusal;
        const { code, message: reason } = refusal;
        const data = { breakId, type, by, bulkId, action: action.kind, code, reason };
        return [...openedUnless(known, terms), { type: 'BreakActionRefused', data }];
      }
    },
  },

  evolve: {
    BreakOpened: (_before, { data }) => ({ known: untouched(data) }),
    BreakAssigned: (before, { data }) => after(before, data, { state: 'assigned', assignee: data.to }),
    BreakInvestigationStarted: (before, { data }) => after(before, data, { state: 'investigating' }),
    BreakCommented: (before, { data }) => after(before, data, {}),
    BreakResolutionProposed: (before, { data: { resolution, reason, by, ...data } }) =>
      after(before, data, { state: 'proposed', proposal: { resolution, reason, by } }),
    BreakResolutionRejected: (before, { data }) =>
      after(before, data, { state: 'investigating', proposal: undefined }),
    BreakResolved: (before, { data }) => after(before, data, { state: 'resolved', proposal: undefined }),
    BreakReopened: (before, { data }) =>
      after(before, data, { state: reopenedState(before.known?.assignee) }),
    BreakEscalated: (before, { data }) => after(before, data, { escalatedAfterDays: data.afterDays }),
    BreakCleared: (before, { data }) =>
      after(before, data, {
        state: 'cleared',
        proposal: undefined,
        clearedBy: data.byRun,
        clearedByMatch: data.handMatch,
      }),
    BreakActionRefused: (before, { data }) => after(before, data, {}),
  },
});

function byHand(
  { terms, policy }: { readonly terms: BreakTerms; readonly policy: BreakPolicy },
  known: KnownBreak | undefined,
  action: BreakAction,
  { actor }: CommandContext,
): readonly BreakEvent[] {
  return opening(terms, known, action, { by: actor, policy });
}

/** As its run found it. */
function untouched(terms: BreakTerms): KnownBreak {
  return {
    terms,
    state: 'open',
    assignee: undefined,
    proposal: undefined,
    clearedBy: undefined,
    clearedByMatch: undefined,
    escalatedAfterDays: 0,
    bulks: [],
  };
}

/** What follows from an action; the first one on a break writes down what it is about. */
function opening(
  terms: BreakTerms,
  known: KnownBreak | undefined,
  action: BreakAction,
  hand: Hand,
): readonly BreakEvent[] {
  const events = act(known ?? untouched(terms), action, hand);
  return events.length === 0 ? [] : [...openedUnless(known, terms), ...events];
}

function openedUnless(known: KnownBreak | undefined, terms: BreakTerms): readonly BreakEvent[] {
  return known ? [] : [{ type: 'BreakOpened', data: terms }];
}

function after(
  { known }: TouchedBreak,
  { bulkId }: { readonly bulkId?: string },
  change: Partial<KnownBreak>,
): TouchedBreak {
  if (!known) return { known };
  const bulks = bulkId === undefined ? known.bulks : [...known.bulks, bulkId];
  return { known: { ...known, ...change, bulks } };
}
