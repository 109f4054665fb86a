import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsISO8601,
  IsNotEmptyObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateNested,
} from 'class-validator';
import { FilledIn, Generated, NestedType } from '../kernel/command.js';
import type { RunBook, RunManifest, UploadRecorded } from './events.js';
import type { MappingProfile, TradeField } from './mapping-profile.js';
import type { Break, ReconciliationCounts } from './matching/result.js';
import { IsTextTable, IsToleranceAmount, type ToleranceAmount } from './command-rules.js';
import type { BookSide, TradeSide } from './trade-record.js';

const bookSides = ['internal', 'broker'] as const;
const isDay = /^\d{4}-\d{2}-\d{2}$/;

/** A mapping profile; registered again with other content, it becomes the source's next version. */
export class RegisterSource implements MappingProfile {
  @Matches(/^[a-z0-9][a-z0-9._-]{0,63}$/) name!: string;
  @IsIn(['csv']) format!: 'csv';
  @IsOptional() @IsString() @Length(1, 1) delimiter?: string;
  @IsOptional() @IsString() @Length(1, 64) timeZone?: string;
  @IsOptional() @IsIn(bookSides) side?: BookSide;
  @IsTextTable() @IsNotEmptyObject() columns!: Partial<Record<TradeField, string>>;
  @IsOptional() @IsTextTable() constants?: Partial<Record<TradeField, string>>;
  @IsOptional() @IsString() @Length(1, 64) dateFormat?: string;
  @IsOptional() @IsString() @Length(1, 64) timeFormat?: string;
  @IsOptional() @IsString() @Length(1, 1) thousandsSeparator?: string;
  @IsOptional() @IsString() @Length(1, 1) decimalSeparator?: string;
  @IsOptional() @IsTextTable() sideCodes?: Record<string, TradeSide>;
  @IsOptional() @IsTextTable() symbols?: Record<string, string>;
}

/** What reading a file came to; the platform fills all of it from the file itself. */
export class RecordUpload {
  @FilledIn() upload!: UploadRecorded;
}

export class Tolerances {
  @IsOptional() @IsToleranceAmount() priceBps?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() priceAbsolute?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() quantityAbsolute?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() quantityPercent?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() seconds?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() settlementDays?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() feesAbsolute?: ToleranceAmount;
  @IsOptional() @IsToleranceAmount() minConfidence?: ToleranceAmount;
}

export class RequestRun {
  @Generated() runId!: string;
  /** What the uploads named below left behind. */
  @FilledIn() books!: readonly RunBook[];
  @Matches(isDay) @IsISO8601({ strict: true }) tradeDate!: string;
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(100) @ArrayUnique() @IsString({ each: true }) internal!: string[];
  @IsArray() @ArrayNotEmpty() @ArrayMaxSize(100) @ArrayUnique() @IsString({ each: true }) broker!: string[];
  @IsOptional() @ValidateNested() @NestedType(() => Tolerances) tolerances?: Tolerances;
  /** Whether its matches are settled once it is completed; false. */
  @IsOptional() @IsBoolean() settle?: boolean;
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
}

export class FailRun {
  @FilledIn() runId!: string;
  @FilledIn() reason!: string;
}
