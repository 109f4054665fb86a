import { Rejected } from '../../kernel/errors.js';
import type { BreakAction, BreakEvent, BreakTerms, Clearing } from './events.js';
import { approvalLimit, severityOf, type BreakPolicy } from './policy-table.js';
import { isUnsettled, type BreakState, type Resolution } from './states.js';

/** What a break is at, as far as its next step depends on it. */
export interface KnownBreak {
  readonly terms: BreakTerms;
  readonly state: BreakState;
  readonly assignee: string | undefined;
  readonly proposal:
    { readonly resolution: Resolution; readonly reason: string; readonly by: string } | undefined;
  /** The run that cleared it. */
  readonly clearedBy: string | undefined;
  /** The match of that run that was made by hand, where one cleared it. */
  readonly clearedByMatch: string | undefined;
  /** Of the newest escalation; 0 before the first. */
  readonly escalatedAfterDays: number;
  /** The bulks whose action it has answered. */
  readonly bulks: readonly string[];
}

export interface Hand {
  /** Whose it is: an actor. */
  readonly by: string;
  readonly policy: BreakPolicy;
  readonly bulkId?: string | undefined;
  /** Of the actions `clear` and `restore`. */
  readonly clearing?: Clearing | undefined;
}

/** What follows from an action; nothing when it is so already. @throws Rejected when a rule says no */
export function act(known: KnownBreak, action: BreakAction, hand: Hand): readonly BreakEvent[] {
  const { terms, state, proposal } = known;
  const { by, policy, bulkId, clearing } = hand;
  const { breakId, type } = terms;
  const on = { breakId, type, by, ...(bulkId !== undefined && { bulkId }) };
  switch (action.kind) {
    case 'assign':
      refuseUnlessWorkable(known);
      if (state === 'assigned' && known.assignee === action.to) return [];
      return [{ type: 'BreakAssigned', data: { ...on, to: action.to } }];
    case 'investigate':
      refuseUnlessWorkable(known);
      return state === 'investigating' ? [] : [{ type: 'BreakInvestigationStarted', data: on }];
    case 'comment':
      return [{ type: 'BreakCommented', data: { ...on, text: action.text } }];
    case 'resolve': {
      refuseUnlessWorkable(known);
      const { resolution, reason } = action;
      const limit = approvalLimit(policy, terms);
      return limit === undefined
        ? [{ type: 'BreakResolved', data: { ...on, resolution, reason } }]
        : [{ type: 'BreakResolutionProposed', data: { ...on, resolution, reason, limit } }];
    }
    case 'approve':
      if (!proposal) throw nothingProposed(breakId);
      if (proposal.by === by)
        throw new Rejected(
          'reconciliation.second-person-needed',
          'a resolution is approved by another person than the one who proposed it',
          { proposedBy: proposal.by },
        );
      return [{ type: 'BreakResolved', data: { ...on, ...proposal, approvedBy: by } }];
    case 'reject':
      if (!proposal) throw nothingProposed(breakId);
      return [{ type: 'BreakResolutionRejected', data: { ...on, reason: action.reason } }];
    case 'reopen':
      if (isUnsettled(state))
        throw new Rejected('reconciliation.break-not-closed', `break ${breakId} is ${state}`, { state });
      return [{ type: 'BreakReopened', data: { ...on, reason: action.reason } }];
    case 'escalate': {
      const { afterDays } = action;
      if (!isUnsettled(state) || afterDays <= known.escalatedAfterDays) return [];
      const severity = severityOf(policy, terms, afterDays);
      return [{ type: 'BreakEscalated', data: { ...on, afterDays, severity } }];
    }
    case 'clear':
      if (!clearing) return [];
      // What a person settled, or another run cleared first, stays as it is; the refusal is on record.
      if (!isUnsettled(state)) throw closed(breakId, state);
      return [{ type: 'BreakCleared', data: { ...on, ...clearing } }];
    case 'restore':
      // What cleared it is gone; what another run, another match made by hand or a person did stays.
      return state === 'cleared' &&
        known.clearedBy === clearing?.byRun &&
        known.clearedByMatch === clearing?.handMatch
        ? [{ type: 'BreakReopened', data: { ...on, reason: action.reason } }]
        : [];
  }
}

function refuseUnlessWorkable({ terms: { breakId }, state }: KnownBreak): void {
  if (!isUnsettled(state)) throw closed(breakId, state);
  if (state === 'proposed')
    throw new Rejected(
      'reconciliation.break-awaits-approval',
      `the resolution of break ${breakId} waits to be approved or rejected`,
    );
}

function closed(breakId: string, state: BreakState): Rejected {
  return new Rejected('reconciliation.break-closed', `break ${breakId} is ${state} already`, { state });
}

function nothingProposed(breakId: string): Rejected {
  return new Rejected(
    'reconciliation.nothing-proposed',
    `no resolution of break ${breakId} waits for approval`,
  );
}
