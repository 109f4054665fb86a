import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { IsIn, IsOptional, IsString, Length } from 'class-validator';
import { settlementStates, type SettlementState } from '../../../domain/reconciliation/contract.js';
import { AffirmSettlement, RetryNetting } from '../../../domain/reconciliation/settlement/commands.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import {
  settlementBreaks,
  type ListedSettlementBreak,
} from '../../../projections/reconciliation/settlement-breaks.js';
import { settlements, type ListedSettlement } from '../../../projections/reconciliation/settlements.js';
import { FromQuery, FromRequest } from '../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';

class OfRunQuery extends PageQuery {
  @IsOptional() @IsString() @Length(1, 200) run?: string;
}

class SettlementQuery extends OfRunQuery {
  @IsOptional() @IsIn(settlementStates) state?: SettlementState;
}

@Controller('v1/reconciliation')
export class SettlementsController {
  constructor(
    private readonly commands: Commands,
    @Reads(settlements) private readonly settlements: ReadModel<ListedSettlement>,
    @Reads(settlementBreaks) private readonly breaks: ReadModel<ListedSettlementBreak>,
  ) {}

  @Get('settlements')
  @Allow('viewer')
  @Describe({ summary: 'The settlements of the workspace', answers: 'page of Settlement' })
  list(@InScope() scope: ReadScope, @FromQuery() query: SettlementQuery) {
    const where = { ...ofRun(query), ...(query.state && { state: query.state }) };
    return this.settlements.page(scope, pageRequest(query, where));
  }

  @Get('settlements/:settlementId')
  @Allow('viewer')
  @Describe({
    summary: 'A settlement, and how much of it is affirmed, settled and failed',
    answers: 'Settlement',
  })
  get(@InScope() scope: ReadScope, @Param('settlementId') settlementId: string): Promise<ListedSettlement> {
    return this.settlements.get(scope, settlementId);
  }

  @Post('settlements/:settlementId/affirm')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({
    summary: 'The counterparty agrees to a quantity, beside what it agreed to before',
    answers: 'CommandAnswer',
  })
  affirm(@FromRequest() command: AffirmSettlement): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post('runs/:runId/netting/retry')
  @HttpCode(202)
  @Allow('analyst')
  @Describe({
    summary: 'Net the matches of a run again whose netting was given up',
    answers: 'CommandAnswer',
    status: 202,
  })
  retry(@FromRequest() command: RetryNetting): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Get('settlement-breaks')
  @Allow('viewer')
  @Describe({
    summary: 'What was not affirmed by its cut-off, and so failed to settle',
    answers: 'page of SettlementBreak',
  })
  listBreaks(@InScope() scope: ReadScope, @FromQuery() query: OfRunQuery) {
    return this.breaks.page(scope, pageRequest(query, ofRun(query)));
  }
}

function ofRun({ run }: OfRunQuery): { readonly runId?: string } {
  return run === undefined ? {} : { runId: run };
}
