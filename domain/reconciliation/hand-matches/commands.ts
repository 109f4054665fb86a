import { ArrayMaxSize, ArrayNotEmpty, ArrayUnique, IsArray, IsString, Length } from 'class-validator';
import { SaysSomething } from '../command-rules.js';
import { FilledIn, Generated } from '../../kernel/command.js';
import type { BreakTerms } from '../breaks/events.js';
import type { BookSide } from '../trade-record.js';

const mostRecords = 100;

/** A record that a run left unmatched, and whether its break is still open. */
export interface UnmatchedRecord {
  readonly side: BookSide;
  readonly name: string;
  readonly terms: BreakTerms;
  readonly isOpen: boolean;
}

/** Records as the run names them: by trade id, else `#line`. */
export class MatchByHand {
  @IsString() @Length(1, 200) runId!: string;
  @Generated() matchId!: string;
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(mostRecords)
  @ArrayUnique()
  @IsString({ each: true })
  internal!: string[];
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(mostRecords)
  @ArrayUnique()
  @IsString({ each: true })
  broker!: string[];
  @SaysSomething(500) reason!: string;
  /** Those of the names above that the run left unmatched. */
  @FilledIn() found!: readonly UnmatchedRecord[];
  /** What the records disagree in. */
  @FilledIn() differences!: readonly string[];
}

export class UndoHandMatch {
  @IsString() @Length(1, 200) runId!: string;
  @IsString() @Length(1, 200) matchId!: string;
  @SaysSomething(500) reason!: string;
}
