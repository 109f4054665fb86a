import { Controller, Delete, Get, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { PutInstruments, RemoveInstrument } from '../../../../domain/reconciliation/instruments/commands.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { instruments, type ListedInstrument } from '../../../../projections/reconciliation/instruments.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { InstrumentIntake } from './instrument-intake.js';

class InstrumentQuery extends PageQuery {
  @IsOptional() @IsString() @Length(1, 64) ticker?: string;
  @IsOptional() @IsString() @Length(12, 12) isin?: string;
  @IsOptional() @IsString() @Length(9, 9) cusip?: string;
  @IsOptional() @IsString() @Length(1, 32) assetClass?: string;
}

@Controller('v1/reconciliation/instruments')
export class InstrumentsController {
  constructor(
    private readonly commands: Commands,
    private readonly intake: InstrumentIntake,
    @Reads(instruments) private readonly instruments: ReadModel<ListedInstrument>,
  ) {}

  @Post()
  @HttpCode(200)
  @Allow('engineer')
  @Describe({
    summary: 'Put instruments: their tickers, ISINs and CUSIPs mean the same from the next run on',
    answers: 'CommandAnswer',
  })
  put(@FromRequest() command: PutInstruments): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Put()
  @Allow('engineer')
  @Describe({
    summary: 'Put instruments from a CSV file with the columns instrumentId, ticker, isin, cusip, assetClass',
    answers: 'CommandAnswer',
    takes: ['text/csv'],
  })
  async putFile(@Req() request: FastifyRequest): Promise<Answer> {
    return this.intake.take(request, new PutInstruments());
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The instruments of the workspace', answers: 'page of Instrument' })
  list(@InScope() scope: ReadScope, @FromQuery() query: InstrumentQuery) {
    const { ticker, isin, cusip, assetClass } = query;
    const conditions = {
      ...(ticker !== undefined && { ticker }),
      ...(isin !== undefined && { isin }),
      ...(cusip !== undefined && { cusip }),
      ...(assetClass !== undefined && { assetClass }),
    };
    return this.instruments.page(scope, pageRequest(query, conditions));
  }

  @Get(':instrumentId')
  @Allow('viewer')
  @Describe({ summary: 'An instrument', answers: 'Instrument' })
  get(@InScope() scope: ReadScope, @Param('instrumentId') instrumentId: string): Promise<ListedInstrument> {
    return this.instruments.get(scope, instrumentId);
  }

  @Delete(':instrumentId')
  @Allow('engineer')
  @Describe({
    summary: 'Remove an instrument: its identifiers mean nothing to later runs',
    answers: 'CommandAnswer',
  })
  remove(@FromRequest() command: RemoveInstrument): Promise<Answer> {
    return this.commands.execute(command);
  }
}
