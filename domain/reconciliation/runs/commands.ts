import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  Min,
  Max,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { FilledIn, Generated, NestedType } from '../../kernel/command.js';
import type { BreakPolicy } from '../breaks/policy-table.js';
import type { CarriedRun, UnmadeRecords } from '../carry-forward/terms.js';
import type { RunBook, RunCrossReference, RunManifest, RunTerms } from './events.js';
import type { UploadWithdrawal } from '../uploads/events.js';
import type { Break, MatchStrategy, ReconciliationCounts } from '../matching/result.js';
import type { SearchLimit } from '../matching/search-limits.js';
import type { ApprovedRule } from '../resolution-rules/events.js';
import type { ChosenToleranceSet } from '../tolerance-sets/events.js';
import { IsDay, referencePattern, Tolerances } from '../command-rules.js';

/** Unmatched records of earlier runs take part in this one. */
export class CarryForwardDays {
  /** Trade dates at most so many days before the run's. */
  @IsInt() @Min(1) @Max(60) days!: number;
}

export class RequestRun {
  @Generated() runId!: string;
  /** What the uploads named below left behind. */
  @FilledIn() books!: readonly RunBook[];
  @IsDay() tradeDate!: string;
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(100) @ArrayUnique() @IsString({ each: true }) internal!: string[];
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(100) @ArrayUnique() @IsString({ each: true }) broker!: string[];
  @IsOptional() @ValidateNested() @NestedType(() => Tolerances) tolerances?: Tolerances;
  /** Instead of tolerances: `name`, or `name@version`, of a set that is approved. */
  @IsOptional() @Matches(referencePattern) toleranceSet?: string;
  @FilledIn() chosenTolerances?: ChosenToleranceSet;
  @FilledIn() crossReference?: RunCrossReference;
  @FilledIn() resolutionRules?: readonly ApprovedRule[];
  /** Whether its matches are settled once it is completed; false. */
  @IsOptional() @IsBoolean() settle?: boolean;
  @IsOptional() @ValidateNested() @NestedType(() => CarryForwardDays) carryForward?: CarryForwardDays;
  /** The earlier runs that `carryForward` reaches. */
  @FilledIn() carriedRuns?: readonly CarriedRun[];
  @FilledIn() breakPolicy?: BreakPolicy;
}

export interface EarlierRun {
  readonly terms: RunTerms;
  readonly manifest: RunManifest;
  /** Of matches that were unmade in it. */
  readonly unmade?: readonly UnmadeRecords[];
}

/** A run of an earlier one's uploads and further ones: only what differs from that one appears. */
export class ContinueRun {
  @Generated() runId!: string;
  /** The earlier run. */
  @IsString() @Length(1, 200) continues!: string;
  @IsOptional() @IsArray() @ArrayMaxSize(100) @ArrayUnique() @IsString({ each: true }) internal?: string[];
  @IsOptional() @IsArray() @ArrayMaxSize(100) @ArrayUnique() @IsString({ each: true }) broker?: string[];
  /** What the further uploads left behind. */
  @FilledIn() books!: readonly RunBook[];
  /** The earlier run's own; undefined until it is completed. */
  @FilledIn() earlier?: EarlierRun;
  @FilledIn() breakPolicy?: BreakPolicy;
}

/** The same run again, without the uploads that were withdrawn, and with those in place of the superseded ones. */
export class RunAgain {
  @Generated() runId!: string;
  @IsString() @Length(1, 200) original!: string;
  /** The original's own; undefined where there is none. */
  @FilledIn() terms?: RunTerms;
  /** The original's own, once it is completed: its breaks that are found again stay the same ones. */
  @FilledIn() manifest?: RunManifest;
  /** Of matches that were unmade in the original. */
  @FilledIn() unmade?: readonly UnmadeRecords[];
  /** The earlier runs that the original's `carryForward` reaches by now. */
  @FilledIn() carriedRuns?: readonly CarriedRun[];
  /** What is in the place of its uploads by now, side by side. */
  @FilledIn() inPlace!: { readonly internal: readonly RunBook[]; readonly broker: readonly RunBook[] };
}

/** Sent for each run that has used an upload which is out of use. */
export class MarkRunStale {
  @FilledIn() runId!: string;
  @FilledIn() uploadId!: string;
  @FilledIn() withdrawal!: UploadWithdrawal;
}

/** The commands below are sent by the job that computes a run. */
export class StartRun {
  @FilledIn() runId!: string;
}

export class InterruptRun {
  @FilledIn() runId!: string;
}

export class RecordBreaks {
  @FilledIn() runId!: string;
  /** Ordinal of the first of them within the run. */
  @FilledIn() first!: number;
  @FilledIn() breaks!: readonly Break[];
}

export class CompleteRun {
  @FilledIn() runId!: string;
  @FilledIn() counts!: ReconciliationCounts;
  @FilledIn() manifest!: RunManifest;
  @FilledIn() strategies?: Partial<Record<MatchStrategy, number>>;
  @FilledIn() searchLimits?: readonly SearchLimit[];
}

export class FailRun {
  @FilledIn() runId!: string;
  @FilledIn() reason!: string;
}
