import {
  breakEvents,
  breakIdOf,
  builtInPolicy,
  partsOfBreakId,
  reopenedState,
  runEvents,
  severityOf,
  type Break,
  type BreakEvent,
  type BreakPolicy,
  type BreakState,
  type Clearing,
  type Resolution,
  type RunEvent,
  type Severity,
} from '../../domain/reconciliation/contract.js';
import { deleted, projection } from '../kernel/projection.js';

export interface ListedBreak extends Break {
  readonly breakId: string;
  readonly runId: string;
  readonly tradeDate?: string;
  readonly foundAt: string;
  readonly state: BreakState;
  readonly severity: Severity;
  /** Version of the policy that its severity is judged by. */
  readonly policyVersion: number;
  readonly assignee?: string;
  readonly comments: number;
  /** Waits for a second person. */
  readonly proposal?: { readonly resolution: Resolution; readonly reason: string; readonly by: string };
  readonly resolution?: Resolution;
  /** Why it was resolved or, after that, opened again. */
  readonly reason?: string;
  readonly resolvedBy?: string;
  readonly approvedBy?: string;
  readonly resolvedAt?: string;
  readonly escalatedAt?: string;
  /** Whole days after which it was escalated last. */
  readonly escalatedAfterDays?: number;
  readonly cleared?: Clearing;
  /** When it was found, as long as somebody has to do something about it. */
  readonly openSince?: string;
  readonly changedAt: string;
}

type Input = Extract<RunEvent, { type: 'BreaksFound' | 'MatchUnmade' | 'RunFailed' }> | BreakEvent;

type FoundBreaks = Extract<RunEvent, { type: 'BreaksFound' | 'MatchUnmade' }>['data'];

/** What people work on one by one: a document each. */
export const breaks = projection<ListedBreak, Input>({
  name: 'breaks',
  version: 2,
  indexes: [
    ['runId', 'type'],
    ['state', 'severity'],
    ['assignee', 'state'],
    ['type', 'state'],
    ['symbol', 'state'],
  ],
  due: 'openSince',
  events: {
    BreaksFound: runEvents.BreaksFound,
    MatchUnmade: runEvents.MatchUnmade,
    RunFailed: runEvents.RunFailed,
    ...breakEvents,
  },
  key: ({ type, data }) => {
    switch (type) {
      case 'BreaksFound':
      case 'MatchUnmade':
        return data.breaks.map((_found, index) => breakIdOf(data.runId, data.first + index));
      case 'RunFailed':
        return Array.from({ length: data.breaks ?? 0 }, (_none, ordinal) => breakIdOf(data.runId, ordinal));
      default:
        return data.breakId;
    }
  },
  on: {
    BreaksFound: (_before, { data, at }, id) => foundIn(data, id, at),
    MatchUnmade: (_before, { data, at }, id) => foundIn(data, id, at),
    RunFailed: () => deleted,
    // Its run was there first; this says nothing new.
    BreakOpened: (found) => found,
    BreakAssigned: (found, { data, at }) =>
      found && { ...found, state: 'assigned', assignee: data.to, changedAt: at },
    BreakInvestigationStarted: (found, { at }) =>
      found && { ...found, state: 'investigating', changedAt: at },
    BreakCommented: (found, { at }) => found && { ...found, comments: found.comments + 1, changedAt: at },
    BreakResolutionProposed: (found, { data: { resolution, reason, by }, at }) =>
      found && { ...found, state: 'proposed', proposal: { resolution, reason, by }, changedAt: at },
    BreakResolutionRejected: (found, { at }) =>
      found && { ...withoutProposal(found), state: 'investigating', changedAt: at },
    BreakResolved: (found, { data: { resolution, reason, by, approvedBy }, at }) =>
      found && {
        ...closed(found),
        state: 'resolved',
        resolution,
        reason,
        resolvedBy: by,
        ...(approvedBy !== undefined && { approvedBy }),
        resolvedAt: at,
        changedAt: at,
      },
    BreakReopened: (found, { data, at }) =>
      found && {
        ...unresolved(found),
        state: reopenedState(found.assignee),
        reason: data.reason,
        changedAt: at,
      },
    BreakEscalated: (found, { data, at }) =>
      found && {
        ...found,
        severity: data.severity,
        escalatedAt: at,
        escalatedAfterDays: data.afterDays,
        changedAt: at,
      },
    BreakCleared: (found, { data: { byRun, how, match, inBreak, handMatch }, at }) =>
      found && {
        ...closed(found),
        state: 'cleared',
        cleared: {
          byRun,
          how,
          ...(match !== undefined && { match }),
          ...(inBreak !== undefined && { inBreak }),
          ...(handMatch !== undefined && { handMatch }),
        },
        resolvedAt: at,
        changedAt: at,
      },
    BreakActionRefused: (found) => found,
  },
});

function foundIn(
  { runId, first, breaks: found, tradeDate, breakPolicy = builtInPolicy }: FoundBreaks,
  id: string,
  at: string,
): ListedBreak | undefined {
  const one = found[(partsOfBreakId(id)?.ordinal ?? -1) - first];
  return one && foundBreak(id, { ...one, runId, ...(tradeDate && { tradeDate }) }, breakPolicy, at);
}

function foundBreak(
  breakId: string,
  found: Break & { readonly runId: string; readonly tradeDate?: string },
  policy: BreakPolicy,
  at: string,
): ListedBreak {
  return {
    breakId,
    ...found,
    foundAt: at,
    state: 'open',
    severity: severityOf(policy, found, 0),
    policyVersion: policy.version,
    comments: 0,
    openSince: at,
    changedAt: at,
  };
}

function withoutProposal({ proposal: _proposal, ...found }: ListedBreak): ListedBreak {
  return found;
}

function closed({ openSince: _openSince, ...found }: ListedBreak): ListedBreak {
  return withoutProposal(found);
}

function unresolved({
  resolution: _resolution,
  reason: _reason,
  resolvedBy: _resolvedBy,
  approvedBy: _approvedBy,
  resolvedAt: _resolvedAt,
  cleared: _cleared,
  ...found
}: ListedBreak): ListedBreak {
  return { ...found, openSince: found.foundAt };
}
