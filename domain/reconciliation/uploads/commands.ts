import { ArrayMaxSize, IsArray, IsIn, IsOptional, IsString, Length, ValidateIf } from 'class-validator';
import { FilledIn } from '../../kernel/command.js';
import type { RunBook } from '../runs/events.js';
import type { UploadRecorded } from './events.js';
import {
  fileFormats,
  type FileFormat,
  type MappingProfile,
  type TradeField,
} from '../uploads/mapping-profile.js';
import { bookSides, type BookSide, type TradeSide } from '../trade-record.js';
import { IsName, IsTextTable, SaysSomething } from '../command-rules.js';

const needsColumns = ({ format, columns }: Partial<RegisterSource>): boolean =>
  format !== 'fix' || columns !== undefined;

/** A mapping profile; registered again with other content, it becomes the source's next version. */
export class RegisterSource implements MappingProfile {
  @IsName() name!: string;
  @IsIn(fileFormats) format!: FileFormat;
  @IsOptional() @IsString() @Length(1, 1) delimiter?: string;
  @IsOptional() @IsString() @Length(1, 64) timeZone?: string;
  @IsOptional() @IsIn(bookSides) side?: BookSide;
  /** Left out for FIX alone, whose tags are known. */
  @ValidateIf(needsColumns) @IsTextTable() columns!: Partial<Record<TradeField, string>>;
  @IsOptional() @IsTextTable() constants?: Partial<Record<TradeField, string>>;
  @IsOptional() @IsString() @Length(1, 64) dateFormat?: string;
  @IsOptional() @IsString() @Length(1, 64) timeFormat?: string;
  @IsOptional() @IsString() @Length(1, 1) thousandsSeparator?: string;
  @IsOptional() @IsString() @Length(1, 1) decimalSeparator?: string;
  @IsOptional() @IsTextTable() sideCodes?: Record<string, TradeSide>;
  @IsOptional() @IsTextTable() symbols?: Record<string, string>;
  @IsOptional() @IsIn(['judge', 'ignore']) checks?: 'judge' | 'ignore';
  @IsOptional() @IsArray() @ArrayMaxSize(1000) @IsString({ each: true }) ours?: string[];
}

/** What reading a file came to; the platform fills all of it from the file itself. */
export class RecordUpload {
  @FilledIn() upload!: UploadRecorded;
}

/** A withdrawn upload is in no new run, and the runs that have used it become stale. */
export class WithdrawUpload {
  @IsString() @Length(1, 64) uploadId!: string;
  @SaysSomething(1000) reason!: string;
}

/** A corrected upload takes the place of another one. */
export class SupersedeUpload {
  @IsString() @Length(1, 64) uploadId!: string;
  /** The corrected one. */
  @IsString() @Length(1, 64) by!: string;
  @SaysSomething(1000) reason!: string;
  /** What the corrected one left behind. */
  @FilledIn() replacement!: RunBook;
}

/** Brings an upload that was withdrawn or superseded back into use; runs that became stale stay so. */
export class ReinstateUpload {
  @IsString() @Length(1, 64) uploadId!: string;
  @SaysSomething(1000) reason!: string;
}

/** Sent for each upload of a run that is requested. */
export class UseUpload {
  @FilledIn() uploadId!: string;
  @FilledIn() runId!: string;
}
