import { IsOptional, Matches } from 'class-validator';
import { FilledIn, Generated } from '../kernel/command.js';
import type { AuditExportResult, GatheredRefusals, TrailReadKind } from './events.js';

const position = { message: '$property must be a position: a decimal string' };

export class RequestAuditExport {
  @Generated() exportId!: string;
  @FilledIn() workspace!: string;
  @FilledIn() checkpoint!: string;
  /** Positions, both inclusive. */
  @IsOptional() @Matches(/^\d{1,19}$/, position) from?: string;
  @IsOptional() @Matches(/^\d{1,19}$/, position) to?: string;
}

/** The commands below are sent by the platform itself. */
export class StartAuditExport {
  @FilledIn() exportId!: string;
}

export class ReportAuditExport {
  @FilledIn() exportId!: string;
  @FilledIn() leaves!: number;
  @FilledIn() of!: number;
}

export class InterruptAuditExport {
  @FilledIn() exportId!: string;
}

export class CompleteAuditExport {
  @FilledIn() exportId!: string;
  @FilledIn() result!: AuditExportResult;
}

export class FailAuditExport {
  @FilledIn() exportId!: string;
  @FilledIn() reason!: string;
}

export class RecordRefusals {
  /** `<date>-<process>`: each process writes to a stream of its own. */
  @FilledIn() log!: string;
  @FilledIn() outcome!: 'denied' | 'failure';
  @FilledIn() refusals!: GatheredRefusals;
}

export class RecordTrailRead {
  /** `<date>-<process>`. */
  @FilledIn() log!: string;
  @FilledIn() kind!: TrailReadKind;
  @FilledIn() query!: Readonly<Record<string, string>>;
}
