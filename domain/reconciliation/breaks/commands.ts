import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { IsCurrency } from '../command-rules.js';
import { FilledIn, Generated, NestedType } from '../../kernel/command.js';
import { breakTypes, type BreakType } from '../matching/result.js';
import type { StoredObject } from '../stored-object.js';
import type { BreakAction, BreakTerms, Clearing } from './events.js';
import type { AgeingStep, AmountTable, BreakPolicy } from './policy-table.js';
import {
  breakStates,
  resolutions,
  severities,
  type BreakState,
  type Resolution,
  type Severity,
} from './states.js';

/** A name of somebody or of a desk, as an actor or as people write it. */
const isAssignee = /^[\x21-\x7e]{1,100}$/;

/** What every command on a break bears: the platform looks it up in the log. */
abstract class OnBreak {
  @IsString() @Length(1, 200) breakId!: string;
  @FilledIn() terms!: BreakTerms;
  @FilledIn() policy!: BreakPolicy;
}

export class AssignBreak extends OnBreak {
  @Matches(isAssignee, { message: '$property must be 1 to 100 printable characters' }) to!: string;
}

export class StartInvestigation extends OnBreak {}

export class CommentOnBreak extends OnBreak {
  @IsString() @Length(1, 2000) text!: string;
}

export class ResolveBreak extends OnBreak {
  @IsIn(resolutions) resolution!: Resolution;
  @IsString() @Length(1, 500) reason!: string;
}

export class ApproveResolution extends OnBreak {}

export class RejectResolution extends OnBreak {
  @IsString() @Length(1, 500) reason!: string;
}

export class ReopenBreak extends OnBreak {
  @IsString() @Length(1, 500) reason!: string;
}

/** Sent by a bulk: what it asks for, in the name of whoever asked for it. Never refused: a refusal is an event. */
export class ApplyToBreak {
  @FilledIn() breakId!: string;
  @FilledIn() terms!: BreakTerms;
  @FilledIn() bulkId!: string;
  @FilledIn() by!: string;
  @FilledIn() action!: BreakAction;
  @FilledIn() policy!: BreakPolicy;
  @FilledIn() clearing?: Clearing;
}

/** All of it at once: what is left out counts no more. */
export class ChangeBreakPolicy {
  @IsObject() severityFrom!: Partial<Record<Severity, AmountTable>>;
  @IsArray() @ArrayMaxSize(20) ageing!: AgeingStep[];
  @IsObject() approvalAbove!: AmountTable;
}

export class BreakFilter {
  @IsOptional() @IsIn(breakStates) state?: BreakState;
  @IsOptional() @IsIn(breakTypes) type?: BreakType;
  @IsOptional() @IsIn(severities) severity?: Severity;
  @IsOptional() @IsString() @Length(1, 100) assignee?: string;
  @IsOptional() @IsString() @Length(1, 200) run?: string;
  @IsOptional() @IsString() @Length(1, 64) symbol?: string;
  @IsOptional() @IsString() @Length(1, 64) account?: string;
  @IsOptional() @IsCurrency() currency?: string;
}

export const bulkKinds = [
  'assign',
  'investigate',
  'comment',
  'resolve',
  'approve',
  'reject',
  'reopen',
] as const;

/** Which of the fields it needs, its kind says. */
export class BulkAction {
  @IsIn(bulkKinds) kind!: (typeof bulkKinds)[number];
  @IsOptional()
  @Matches(isAssignee, { message: '$property must be 1 to 100 printable characters' })
  to?: string;
  @IsOptional() @IsString() @Length(1, 2000) text?: string;
  @IsOptional() @IsIn(resolutions) resolution?: Resolution;
  @IsOptional() @IsString() @Length(1, 500) reason?: string;
}

export class RequestBreakBulk {
  @Generated() bulkId!: string;
  @ValidateNested() @NestedType(() => BreakFilter) filter!: BreakFilter;
  @ValidateNested() @NestedType(() => BulkAction) action!: BulkAction;
  /** Only counts what it would do; false. */
  @IsOptional() @IsBoolean() dryRun?: boolean;
  /** The breaks that the filter found. */
  @FilledIn() breaks!: StoredObject;
  @FilledIn() policy!: BreakPolicy;
}

/** Sent by the saga of a run: its breaks come of age, or it clears those of earlier runs. */
export class RequestRunBulk {
  @FilledIn() bulkId!: string;
  @FilledIn() action!: BreakAction;
  @FilledIn() breaks!: StoredObject;
  @FilledIn() policy!: BreakPolicy;
  @FilledIn() ofRun?: string;
}

/** One that was given up is worked on again: each break answers it once, so what is done stays done. */
export class RetryBreakBulk {
  @IsString() @Length(1, 200) bulkId!: string;
}

/** The commands below are sent by the job that works a bulk off. */
export class StartBreakBulk {
  @FilledIn() bulkId!: string;
}

export class InterruptBreakBulk {
  @FilledIn() bulkId!: string;
}

export class CompleteBreakBulk {
  @FilledIn() bulkId!: string;
  @FilledIn() breaks!: number;
}

export class FailBreakBulk {
  @FilledIn() bulkId!: string;
  @FilledIn() reason!: string;
}
