import { IsInt, IsString, Length, Min } from 'class-validator';
import { SaysSomething } from '../command-rules.js';
import { FilledIn } from '../../kernel/command.js';
import type { Break } from '../matching/result.js';
import type { StoredObject } from '../stored-object.js';
import type { RestoredBreak } from './events.js';

/** A match of a run, and the breaks that its records have without it. */
export interface FoundMatch {
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  /** Ordinal of the first of `breaks`, as the run stood when they were looked for. */
  readonly first: number;
  readonly breaks: readonly Break[];
  /** `unmadeColumns`. */
  readonly records: StoredObject;
  readonly restored: readonly RestoredBreak[];
}

/** Why the records of a match cannot be told, or not yet. */
export interface UnclearMatch {
  readonly unclear: 'ambiguous-record' | 'clearing-under-way';
  /** The name that several records have, or the break that is to be cleared by the match and is not yet. */
  readonly what: string;
}

/** Unmakes a match that a run computed. */
export class UnmakeMatch {
  @IsString() @Length(1, 200) runId!: string;
  /** Its number: where it stands among the matches of the run, from 0. */
  @IsInt() @Min(0) match!: number;
  @SaysSomething(500) reason!: string;
  /** Left out where the run has no such match, or has it no more. */
  @FilledIn() sought?: FoundMatch | UnclearMatch;
  /** A run that goes on from this one: what is the same trade, that one says. */
  @FilledIn() continuedBy?: string;
}
