import { event, type EventOf } from '../../kernel/event.js';
import type { Break, BreakType } from '../matching/result.js';
import type { StoredObject } from '../stored-object.js';
import type { BreakPolicy } from './policy-table.js';
import type { Resolution, Severity } from './states.js';

/** What can be done to a break. The last three the platform does. */
export type BreakAction =
  | { readonly kind: 'assign'; readonly to: string }
  | { readonly kind: 'investigate' }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'resolve'; readonly resolution: Resolution; readonly reason: string }
  | { readonly kind: 'approve' }
  | { readonly kind: 'reject'; readonly reason: string }
  | { readonly kind: 'reopen'; readonly reason: string }
  | { readonly kind: 'escalate'; readonly afterDays: number }
  | { readonly kind: 'clear'; readonly byRun: string }
  | { readonly kind: 'restore'; readonly reason: string };

/** What a break is about, as its run found it; it never changes. */
export interface BreakTerms extends Break {
  /** `<runId>.<ordinal within the run, 8 digits>`. */
  readonly breakId: string;
  readonly runId: string;
}

/** Why a later run clears a break. */
export interface Clearing {
  readonly byRun: string;
  /**
   * `match`: its record is in a match of that run; `break`: in another break of that run, which says more; `gone`: the
   * run, which continues the break's own, does not find it any more; `hand`: somebody matched its record by hand.
   */
  readonly how: 'match' | 'break' | 'gone' | 'hand';
  /** Ordinal of the match within that run. */
  readonly match?: number;
  /** The other break. */
  readonly inBreak?: string;
  /** The match of that run that was made by hand. */
  readonly handMatch?: string;
}

interface Act {
  readonly breakId: string;
  readonly type: BreakType;
  /** Whose hand it was: an actor, as in a command's context. */
  readonly by: string;
  /** The bulk that it was done in. */
  readonly bulkId?: string;
}

/** The stream of a break begins with the first command that somebody sends it (decision 4). */
export const breakEvents = {
  BreakOpened: event<BreakTerms>(),
  BreakAssigned: event<Act & { to: string }>(),
  BreakInvestigationStarted: event<Act>(),
  BreakCommented: event<Act & { text: string }>(),
  /** Its notional is above `limit`: a second person approves, who is not `by`. */
  BreakResolutionProposed: event<Act & { resolution: Resolution; reason: string; limit: string }>(),
  BreakResolutionRejected: event<Act & { reason: string }>(),
  /** `approvedBy`: of a resolution that was proposed. */
  BreakResolved: event<Act & { resolution: Resolution; reason: string; approvedBy?: string }>(),
  BreakReopened: event<Act & { reason: string }>(),
  /** It is still open, and so many days old. */
  BreakEscalated: event<Act & { afterDays: number; severity: Severity }>(),
  BreakCleared: event<Act & Clearing>(),
  /** What a bulk asked for was not done, since a rule said no. */
  BreakActionRefused: event<Act & { action: BreakAction['kind']; code: string; reason: string }>(),
};
export type BreakEvent = EventOf<typeof breakEvents>;

export const breakPolicyEvents = {
  BreakPolicyChanged: event<{ policy: BreakPolicy }>(),
};
export type BreakPolicyEvent = EventOf<typeof breakPolicyEvents>;

/** The same action on many breaks, one by one. */
export interface BulkTerms {
  readonly bulkId: string;
  readonly action: BreakAction;
  /** Who asked for it. */
  readonly by: string;
  readonly policy: BreakPolicy;
  /** `breakListColumns`. */
  readonly breaks: StoredObject;
  /** Only those that this run found itself. */
  readonly ofRun?: string;
  /** What they were chosen by, for people. */
  readonly filter?: Readonly<Record<string, string>>;
}

export const breakBulkEvents = {
  BreakBulkRequested: event<BulkTerms>(),
  BreakBulkStarted: event<{ bulkId: string; attempt: number }>(),
  /** The platform stopped in the middle: the attempt does not count. */
  BreakBulkInterrupted: event<{ bulkId: string }>(),
  BreakBulkCompleted: event<{ bulkId: string; breaks: number }>(),
  BreakBulkFailed: event<{ bulkId: string; reason: string }>(),
};
export type BreakBulkEvent = EventOf<typeof breakBulkEvents>;
