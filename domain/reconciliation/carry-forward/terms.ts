import type { StoredObject } from '../stored-object.js';

/** The records of a match that a person unmade. */
export interface UnmadeRecords {
  /** `unmadeColumns`: candidates as its unmatched ones are, where they were in files of that run. */
  readonly records: StoredObject;
  /** Breaks of earlier runs that the match had cleared, and which it clears no more; left out where there are none. */
  readonly restored?: readonly string[];
}

/** An earlier run, as far as its unmatched records take part in a later one. */
export interface CarriedRun {
  readonly runId: string;
  readonly tradeDate: string;
  /** The earliest trade date of the records that it judged. */
  readonly from: string;
  readonly uploads: readonly string[];
  /** In milliseconds; the coarsest of its uploads. */
  readonly timeResolution: number;
  /** What was missing on the other side (`unmatchedColumns`); absent: a run that continues it says it. */
  readonly unmatched?: StoredObject;
  /** The breaks of runs before it that it cleared (`breakListColumns`). */
  readonly cleared?: StoredObject;
  /** The breaks of records that somebody matched by hand in it; left out where there are none. */
  readonly matchedByHand?: readonly string[];
  /** Of matches that were unmade in it, and which no later run makes again; left out where there are none. */
  readonly unmade?: readonly UnmadeRecords[];
  /** Their like in the runs that it goes on from (`unmadeColumns`). */
  readonly unmadeBefore?: readonly StoredObject[];
}

/**
 * Unmatched records of earlier runs are candidates of this one, and so are records of its own uploads that come late:
 * of a trade date from `from` on that no listed run judged.
 */
export interface CarryForward {
  readonly days: number;
  /** `yyyy-MM-dd`: the run's trade date less `days`. */
  readonly from: string;
  /** In the order of their ids. */
  readonly runs: readonly CarriedRun[];
}

/** The run that another goes on from: what it found and what is found again is the same break. */
export interface ContinuedRun {
  readonly runId: string;
  /** The breaks of it and of those before it that it still found (`breakListColumns`). */
  readonly standing: StoredObject;
  readonly cleared?: StoredObject;
  /** Of matches that were unmade in it; left out where there are none. */
  readonly unmade?: readonly UnmadeRecords[];
  /** Their like in the runs that it goes on from (`unmadeColumns`). */
  readonly unmadeBefore?: readonly StoredObject[];
}

/** `days` before a date, both `yyyy-MM-dd`. */
export function daysBefore(date: string, days: number): string {
  return new Date(Date.parse(date) - days * 86_400_000).toISOString().slice(0, 10);
}
