import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { IsDay, IsCurrency } from '../../../../domain/reconciliation/command-rules.js';
import {
  ApproveResolution,
  AssignBreak,
  CommentOnBreak,
  RejectResolution,
  ReopenBreak,
  ResolveBreak,
  StartInvestigation,
} from '../../../../domain/reconciliation/breaks/commands.js';
import type { BreakTerms } from '../../../../domain/reconciliation/breaks/events.js';
import { breakPolicy, breakPolicyId } from '../../../../domain/reconciliation/breaks/policy.js';
import type { BreakPolicy } from '../../../../domain/reconciliation/breaks/policy-table.js';
import {
  breakStates,
  breakTypes,
  severities,
  type BreakState,
  type BreakType,
  type Severity,
} from '../../../../domain/reconciliation/contract.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { breakTrends, type BreakDay } from '../../../../projections/reconciliation/break-trends.js';
import { breaks, type ListedBreak } from '../../../../projections/reconciliation/breaks.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { AfterQuery, InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { BreakFacts, type BreakHistoryEntry } from './break-facts.js';
import { trendsOf, type TrendDay } from './break-trend-days.js';
import { fieldsOfFilter } from './break-filter.js';

class BreakQuery extends PageQuery {
  @IsOptional() @IsIn(breakStates) state?: BreakState;
  @IsOptional() @IsIn(breakTypes) type?: BreakType;
  @IsOptional() @IsIn(severities) severity?: Severity;
  @IsOptional() @IsString() @Length(1, 100) assignee?: string;
  @IsOptional() @IsString() @Length(1, 200) run?: string;
  @IsOptional() @IsString() @Length(1, 64) symbol?: string;
  @IsOptional() @IsString() @Length(1, 64) account?: string;
  @IsOptional() @IsCurrency() currency?: string;
}

class TrendQuery extends AfterQuery {
  @IsDay() from!: string;
  @IsDay() to!: string;
}

const work = 'CommandAnswer';

@Controller('v1/reconciliation/breaks')
export class BreaksController {
  constructor(
    private readonly commands: Commands,
    private readonly states: AggregateStates,
    private readonly facts: BreakFacts,
    @Reads(breaks) private readonly breaks: ReadModel<ListedBreak>,
    @Reads(breakTrends) private readonly days: ReadModel<BreakDay>,
  ) {}

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The breaks of all runs, those of older runs first', answers: 'page of Break' })
  list(@InScope() scope: ReadScope, @FromQuery() query: BreakQuery) {
    const { limit: _limit, cursor: _cursor, after: _after, ...filter } = query;
    return this.breaks.page(scope, pageRequest(query, fieldsOfFilter(filter)));
  }

  @Get('trends')
  @Allow('viewer')
  @Describe({ summary: 'What became of breaks, day by day and by type', answers: 'BreakTrends' })
  async trends(
    @InScope() scope: ReadScope,
    @FromQuery() { from, to }: TrendQuery,
  ): Promise<{ days: readonly TrendDay[] }> {
    const all: BreakDay[] = [];
    for await (const day of this.days.every(scope, {})) all.push(day);
    return { days: trendsOf(all, from, to) };
  }

  @Get(':breakId')
  @Allow('viewer')
  @Describe({ summary: 'A break, and everything that was done to it', answers: 'BreakWithHistory' })
  async get(
    @InScope() scope: ReadScope,
    @Param('breakId') breakId: string,
  ): Promise<ListedBreak & { history: readonly BreakHistoryEntry[] }> {
    const found = await this.breaks.get(scope, breakId);
    return { ...found, history: await this.facts.historyOf(scope.workspace, breakId) };
  }

  @Post(':breakId/assign')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Give a break to somebody', answers: work })
  assign(@FromRequest() command: AssignBreak, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  @Post(':breakId/investigate')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Say that a break is looked into', answers: work })
  investigate(@FromRequest() command: StartInvestigation, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  @Post(':breakId/comment')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Write something down about a break', answers: work })
  comment(@FromRequest() command: CommentOnBreak, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  @Post(':breakId/resolve')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({
    summary: 'Resolve a break; above the limit of its currency this is a proposal',
    answers: work,
  })
  resolve(@FromRequest() command: ResolveBreak, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  @Post(':breakId/approve')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Approve a resolution that somebody else proposed', answers: work })
  approve(@FromRequest() command: ApproveResolution, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  @Post(':breakId/reject')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Reject a resolution that was proposed', answers: work })
  reject(@FromRequest() command: RejectResolution, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  @Post(':breakId/reopen')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({ summary: 'Open a break again that was resolved or cleared', answers: work })
  reopen(@FromRequest() command: ReopenBreak, @InScope() scope: ReadScope): Promise<Answer> {
    return this.send(command, scope);
  }

  private async send(
    command: { readonly breakId: string; terms: BreakTerms; policy: BreakPolicy },
    { workspace }: ReadScope,
  ): Promise<Answer> {
    command.terms = await this.facts.termsOf(workspace, command.breakId);
    command.policy = await this.states.read(breakPolicy, workspace, breakPolicyId);
    return this.commands.execute(command);
  }
}
