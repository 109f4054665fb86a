import { event, type EventOf } from '../../kernel/event.js';
import type { BreakPolicy } from '../breaks/policy-table.js';
import type { CarryForward, ContinuedRun } from '../carry-forward/terms.js';
import type { Break, MatchStrategy, ReconciliationCounts } from '../matching/result.js';
import { handMatchEvents } from '../hand-matches/events.js';
import { unmadeMatchEvents } from '../unmade-matches/events.js';
import type { CrossReferenceEntry } from '../matching/cross-reference.js';
import type { SearchLimit } from '../matching/search-limits.js';
import type { ToleranceSet } from '../matching/tolerances.js';
import type { ToleranceOverride } from '../matching/yardsticks.js';
import { nettingEvents } from '../settlement/events.js';
import type { Resolution } from '../breaks/states.js';
import type { ApprovedRule } from '../resolution-rules/events.js';
import type { StoredObject } from '../stored-object.js';
import type { BookSide } from '../trade-record.js';
import type { UploadWithdrawal } from '../uploads/events.js';

/** The books of a run, by what their uploads left behind: all that its computation needs. */
export interface RunBook {
  readonly uploadId: string;
  readonly side: BookSide;
  readonly records: StoredObject;
  readonly timeResolution: number;
  /** Who sent it; runs before tolerances could be overridden by source do not say. */
  readonly source?: string;
}

/** The symbols of the workspace as of one version: a small table itself, a larger one as an object. */
export interface RunCrossReference {
  readonly version: number;
  readonly instruments?: readonly CrossReferenceEntry[];
  /** `crossReferenceColumns`. */
  readonly table?: StoredObject;
}

export interface RunTerms {
  readonly runId: string;
  readonly tradeDate: string;
  readonly internal: readonly RunBook[];
  readonly broker: readonly RunBook[];
  readonly tolerances: ToleranceSet;
  /** The set that the tolerances are of; left out where they came with the request. */
  readonly toleranceSet?: { readonly name: string; readonly version: number };
  /** Of that set. */
  readonly overrides?: readonly ToleranceOverride[];
  /** Left out where the workspace has none. */
  readonly crossReference?: RunCrossReference;
  /** The rules that resolve its breaks of themselves; left out where there are none. */
  readonly resolutionRules?: readonly ApprovedRule[];
  /** Its matches are settled once it is completed; left out where they are not. */
  readonly settle?: true;
  /** How its breaks are judged; runs before there was a choice: the built-in one. */
  readonly breakPolicy?: BreakPolicy;
  readonly carryForward?: CarryForward;
  readonly continues?: ContinuedRun;
  /** The run whose terms it has, with the uploads that are in place of those withdrawn since. */
  readonly again?: string;
}

/** The breaks of a run that a rule resolves. */
export interface RuledBreaks {
  readonly name: string;
  readonly version: number;
  readonly resolution: Resolution;
  readonly reason: string;
  /** `breakListColumns`. */
  readonly breaks: StoredObject;
}

export interface RunManifest {
  readonly matches: StoredObject;
  readonly breaks: StoredObject;
  /** Left out where no rule was for any of its breaks. */
  readonly ruled?: readonly RuledBreaks[];
  /** Our trades of every match; of a run that settles. */
  readonly matchedTrades?: StoredObject;
  /** Records that are missing on the other side (`unmatchedColumns`): candidates of later runs. */
  readonly unmatched?: StoredObject;
  /** Its breaks, and those of the runs it continues that it found again (`breakListColumns`). */
  readonly standing?: StoredObject;
  /** The breaks of earlier runs that it clears, or the run that it continues did (`breakListColumns`). */
  readonly cleared?: StoredObject;
  /** The breaks that the run which it continues cleared, and it does not (`breakListColumns`). */
  readonly restored?: StoredObject;
}

export const runEvents = {
  RunRequested: event<RunTerms>(),
  RunStarted: event<{ runId: string; attempt: number }>(),
  /** The platform stopped in the middle: the attempt does not count. */
  RunInterrupted: event<{ runId: string }>(),
  /** Comes before the completion; in parts, since an append stays small. `first` is the ordinal of the first one. */
  BreaksFound: event<{
    runId: string;
    first: number;
    breaks: readonly Break[];
    tradeDate?: string;
    breakPolicy?: BreakPolicy;
  }>(),
  RunCompleted: event<{
    runId: string;
    counts: ReconciliationCounts;
    manifest: RunManifest;
    /** How many matches each strategy found. */
    strategies?: Readonly<Partial<Record<MatchStrategy, number>>>;
    /** Searches that came to the end of the work they may do, at most a hundred; left out where none did. */
    searchLimits?: readonly SearchLimit[];
    breakPolicy?: BreakPolicy;
  }>(),
  /** `breaks`: so many were recorded, and are none. */
  RunFailed: event<{ runId: string; reason: string; breaks?: number }>(),
  /** An upload that it has used is out of use, from before its completion or after it; its results stay as they are. */
  RunBecameStale: event<{ runId: string; uploadId: string; withdrawal: UploadWithdrawal }>(),
  ...handMatchEvents,
  ...unmadeMatchEvents,
  ...nettingEvents,
};
export type RunEvent = EventOf<typeof runEvents>;
