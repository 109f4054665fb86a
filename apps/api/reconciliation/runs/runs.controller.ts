import { Controller, Get, HttpCode, Param, Post, Res, StreamableFile } from '@nestjs/common';
import { IsIn, IsOptional } from 'class-validator';
import type { FastifyReply } from 'fastify';
import { Rejected } from '../../../../domain/kernel/errors.js';
import { breakPolicy, breakPolicyId } from '../../../../domain/reconciliation/breaks/policy.js';
import { ContinueRun, RequestRun } from '../../../../domain/reconciliation/runs/commands.js';
import type { RunBook } from '../../../../domain/reconciliation/runs/events.js';
import { run } from '../../../../domain/reconciliation/runs/run.js';
import { unmadeRecordsOf } from '../../../../domain/reconciliation/unmade-matches/unmade-matches.js';
import { bookOf, upload } from '../../../../domain/reconciliation/uploads/upload.js';
import {
  breakTypes,
  matchTypes,
  type BreakType,
  type MatchType,
} from '../../../../domain/reconciliation/matching/result.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { breaks, type ListedBreak } from '../../../../projections/reconciliation/breaks.js';
import { runs, type ListedRun } from '../../../../projections/reconciliation/runs.js';
import { numberedMatchColumns } from '../../../../projections/reconciliation/columns.js';
import { ColumnPages } from '../../http/column-pages.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { AfterQuery, InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { ComparedRuns, type RunComparison } from './compared-runs.js';
import { manifestOf } from './run-manifest.js';
import { EarlierRuns } from './earlier-runs.js';
import { RunRules } from './run-rules.js';
import { reportCsv, reportOf, type RunReport } from './run-report.js';

class BreakQuery extends PageQuery {
  @IsOptional() @IsIn(breakTypes) type?: BreakType;
}

class MatchQuery extends PageQuery {
  @IsOptional() @IsIn(matchTypes) type?: MatchType;
}

class ReportQuery extends AfterQuery {
  @IsOptional() @IsIn(['json', 'csv']) format?: 'json' | 'csv';
}

@Controller('v1/reconciliation/runs')
export class RunsController {
  constructor(
    private readonly commands: Commands,
    private readonly states: AggregateStates,
    private readonly columnPages: ColumnPages,
    private readonly compared: ComparedRuns,
    private readonly earlierRuns: EarlierRuns,
    private readonly rules: RunRules,
    @Reads(runs) private readonly runs: ReadModel<ListedRun>,
    @Reads(breaks) private readonly breaks: ReadModel<ListedBreak>,
  ) {}

  @Post()
  @HttpCode(202)
  @Allow('analyst')
  @Describe({ summary: 'Compare the books of two sides', answers: 'RunAccepted', status: 202 })
  async request(
    @FromRequest() command: RequestRun,
    @InScope() scope: ReadScope,
  ): Promise<Answer & { runId: string; status: 'accepted' }> {
    const { workspace } = scope;
    const { internal, broker, tradeDate, carryForward } = command;
    command.books = await this.booksOf(scope, [...internal, ...broker]);
    command.breakPolicy = await this.states.read(breakPolicy, workspace, breakPolicyId);
    await this.rules.fillIn(command, scope);
    if (carryForward)
      command.carriedRuns = await this.earlierRuns.before(scope, tradeDate, carryForward.days);
    const answer = await this.commands.execute(command);
    return { runId: command.runId, status: 'accepted', ...answer };
  }

  @Post(':continues/continue')
  @HttpCode(202)
  @Allow('analyst')
  @Describe({
    summary: 'Compare again with further uploads: only what differs from the earlier run appears',
    answers: 'RunAccepted',
    status: 202,
  })
  async continue(
    @FromRequest() command: ContinueRun,
    @InScope() scope: ReadScope,
  ): Promise<Answer & { runId: string; status: 'accepted' }> {
    const { workspace } = scope;
    const { internal = [], broker = [] } = command;
    command.books = await this.booksOf(scope, [...internal, ...broker]);
    command.breakPolicy = await this.states.read(breakPolicy, workspace, breakPolicyId);
    const earlier = await this.states.read(run, workspace, command.continues);
    if (earlier.state === 'unknown')
      throw new Rejected('reconciliation.unknown-run', `there is no run ${command.continues}`);
    if (earlier.state === 'completed') {
      const { terms, manifest, unmade } = earlier;
      command.earlier = { terms, manifest, unmade: unmade.map(unmadeRecordsOf) };
    }
    const answer = await this.commands.execute(command);
    return { runId: command.runId, status: 'accepted', ...answer };
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The runs of the workspace', answers: 'page of Run' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.runs.page(scope, pageRequest(query));
  }

  @Get(':runId')
  @Allow('viewer')
  @Describe({ summary: 'A run, and when it is completed, its counts', answers: 'Run' })
  get(@InScope() scope: ReadScope, @Param('runId') runId: string): Promise<ListedRun> {
    return this.runs.get(scope, runId);
  }

  @Get(':runId/matches')
  @Allow('viewer')
  @Describe({ summary: 'What a run judged to be the same trade', answers: 'page of Match' })
  async matches(@InScope() scope: ReadScope, @Param('runId') runId: string, @FromQuery() query: MatchQuery) {
    const { matches } = manifestOf(await this.runs.get(scope, runId));
    return this.columnPages.page(
      numberedMatchColumns,
      matches,
      pageRequest(query, { ...(query.type && { type: query.type }) }),
    );
  }

  @Get(':runId/breaks')
  @Allow('viewer')
  @Describe({ summary: 'The differences that a run found', answers: 'page of Break' })
  async breaksOf(@InScope() scope: ReadScope, @Param('runId') runId: string, @FromQuery() query: BreakQuery) {
    manifestOf(await this.runs.get(scope, runId));
    return this.breaks.page(scope, pageRequest(query, { runId, ...(query.type && { type: query.type }) }));
  }

  @Get(':runId/compare/:otherId')
  @Allow('viewer')
  @Describe({ summary: 'Breaks of one run, of the other, and of both', answers: 'ComparedRuns' })
  async compare(
    @InScope() scope: ReadScope,
    @Param('runId') runId: string,
    @Param('otherId') otherId: string,
  ): Promise<RunComparison> {
    return this.compared.of(scope, await this.runs.get(scope, runId), await this.runs.get(scope, otherId));
  }

  @Get(':runId/report')
  @Allow('viewer')
  @Describe({ summary: 'The report of a run', answers: 'Report', gives: 'text/csv' })
  async report(
    @InScope() scope: ReadScope,
    @Param('runId') runId: string,
    @FromQuery() { format = 'json' }: ReportQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RunReport | StreamableFile> {
    const run = await this.runs.get(scope, runId);
    manifestOf(run);
    const found = this.breaks.every(scope, { runId });
    if (format === 'json') return reportOf(run, found);
    void reply.header('content-disposition', `attachment; filename="run-${runId}.csv"`);
    return new StreamableFile(reportCsv(found), { type: 'text/csv; charset=utf-8' });
  }

  private booksOf({ workspace }: ReadScope, uploads: readonly string[]): Promise<RunBook[]> {
    return Promise.all(
      uploads.map(async (uploadId) => bookOf(uploadId, await this.states.read(upload, workspace, uploadId))),
    );
  }
}
