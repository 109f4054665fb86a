import { Controller, Get, HttpCode, Param, Post, Res, StreamableFile } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';
import { Rejected } from '../../../domain/kernel/errors.js';
import {
  reportKinds,
  type ReportKind,
  type ReportTerms,
} from '../../../domain/reconciliation/reports/events.js';
import { RequestReport, type AsOf } from '../../../domain/reconciliation/reports/commands.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import { FileObjectStore } from '../../../infra/objects/file-object-store.js';
import { reports, type ListedReport } from '../../../projections/reconciliation/reports.js';
import { FromQuery, FromRequest } from '../http/from-request.js';
import { AfterQuery, InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { LogMoments } from './log-moments.js';

class ReportQuery extends PageQuery {
  @IsOptional() @IsIn(reportKinds) kind?: ReportKind;
}

class FormatQuery extends AfterQuery {
  /** Left out: what is known of the report itself. */
  @IsOptional() @IsIn(['json', 'csv']) format?: 'json' | 'csv';
}

@Controller('v1/reconciliation/reports')
export class ReportsController {
  constructor(
    private readonly commands: Commands,
    private readonly moments: LogMoments,
    private readonly objects: FileObjectStore,
    @Reads(reports) private readonly reports: ReadModel<ListedReport>,
  ) {}

  @Post()
  @HttpCode(202)
  @Allow('analyst')
  @Describe({
    summary: 'Issue a report of a day or of a period, as of now or of a past moment',
    answers: 'ReportAccepted',
    status: 202,
  })
  async request(
    @FromRequest() command: RequestReport,
    @InScope() { workspace }: ReadScope,
  ): Promise<Answer & { reportId: string; status: 'accepted'; asOf: ReportTerms['asOf'] }> {
    command.workspace = workspace;
    command.moment = await this.momentOf(command.asOf);
    const answer = await this.commands.execute(command);
    return { reportId: command.reportId, status: 'accepted', asOf: command.moment, ...answer };
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The reports of the workspace', answers: 'page of IssuedReport' })
  list(@InScope() scope: ReadScope, @FromQuery() query: ReportQuery) {
    return this.reports.page(scope, pageRequest(query, { ...(query.kind && { kind: query.kind }) }));
  }

  @Get(':reportId')
  @Allow('viewer')
  @Describe({
    summary: 'A report: what is known of it, or byte for byte as it was issued',
    answers: 'IssuedReport',
    gives: 'text/csv',
  })
  async get(
    @InScope() scope: ReadScope,
    @Param('reportId') reportId: string,
    @FromQuery() { format }: FormatQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ListedReport | StreamableFile> {
    const report = await this.reports.get(scope, reportId);
    if (!format) return report;
    const content = report[format];
    if (!content)
      throw new Rejected('reconciliation.report-not-issued', `report ${reportId} is ${report.status}`, {
        status: report.status,
        reason: report.reason ?? null,
      });
    void reply.header('content-disposition', `attachment; filename="report-${reportId}.${format}"`);
    return new StreamableFile(Readable.from(this.objects.get(content.sha256)), {
      type: format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8',
      length: content.bytes,
    });
  }

  private async momentOf(asOf: AsOf | undefined): Promise<ReportTerms['asOf']> {
    const now = await this.moments.now();
    const { position = now.position, time = now.time } = asOf ?? {};
    // What is yet to come is not reported: the same report later would say more.
    return { position: BigInt(position) < BigInt(now.position) ? position : now.position, time };
  }
}
