import { event, type EventOf } from '../../kernel/event.js';
import type { BreakTerms, Clearing } from '../breaks/events.js';
import type { BreakPolicy } from '../breaks/policy-table.js';
import type { Break } from '../matching/result.js';
import type { StoredObject } from '../stored-object.js';

/** A break of an earlier run that a match had cleared, and how. */
export interface RestoredBreak {
  readonly terms: BreakTerms;
  readonly clearing: Clearing;
}

/** Events of a completed run, whose own matches, breaks and counts stay as computed. */
export const unmadeMatchEvents = {
  /** A person said that records which the run found to be the same trade are not. */
  MatchUnmade: event<{
    runId: string;
    /** Its number: where it stands among the matches of the run, from 0. */
    match: number;
    /** The records of the match, as the run names them. */
    internal: readonly string[];
    broker: readonly string[];
    /** Ordinal of the first of its breaks: they follow those of the run, and of matches unmade before. */
    first: number;
    /** One for each record of the run's own files. */
    breaks: readonly Break[];
    /** `unmadeColumns`: the records with their breaks. */
    records: StoredObject;
    /** Breaks of records that were carried forward; left out where there are none. */
    restored?: readonly RestoredBreak[];
    reason: string;
    /** An actor, as in a command's context. */
    by: string;
    tradeDate: string;
    breakPolicy?: BreakPolicy;
  }>(),
};
export type UnmadeMatchEvent = EventOf<typeof unmadeMatchEvents>;
