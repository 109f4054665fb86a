import { IsIn, IsISO8601, IsOptional, Matches, ValidateNested } from 'class-validator';
import { IsDay } from '../command-rules.js';
import { FilledIn, Generated, NestedType } from '../../kernel/command.js';
import { reportKinds, type ReportContent, type ReportKind, type ReportTerms } from './events.js';

/** Either or both; what is left out is the end of the log, and now. */
export class AsOf {
  @IsOptional()
  @Matches(/^\d{1,19}$/, { message: '$property must be a position: a decimal string' })
  position?: string;
  /** RFC 3339, UTC, milliseconds. */
  @IsOptional()
  @Matches(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/)
  @IsISO8601({ strict: true })
  time?: string;
}

export class RequestReport {
  @Generated() reportId!: string;
  @IsIn(reportKinds) kind!: ReportKind;
  /** Trade dates, both included; of a daily report they are the same. */
  @IsDay() from!: string;
  @IsDay() to!: string;
  @IsOptional() @ValidateNested() @NestedType(() => AsOf) asOf?: AsOf;
  @FilledIn() workspace!: string;
  @FilledIn() moment!: ReportTerms['asOf'];
}

/** The commands below are sent by the job that writes a report. */
export class StartReport {
  @FilledIn() reportId!: string;
}

export class InterruptReport {
  @FilledIn() reportId!: string;
}

export class IssueReport {
  @FilledIn() reportId!: string;
  @FilledIn() content!: ReportContent;
}

export class FailReport {
  @FilledIn() reportId!: string;
  @FilledIn() reason!: string;
}
