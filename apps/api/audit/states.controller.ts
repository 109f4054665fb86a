import { Controller, Get, Req } from '@nestjs/common';
import { IsOptional, IsString, Length } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import type { ReadScope } from '../../../infra/engine/projections/read-model.js';
import { FromQuery } from '../http/from-request.js';
import { InScope } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { StatesAsOf, type Moment, type StateAsOf } from './as-of.js';
import { instantOf } from './trail-query.js';
import { TrailReads } from './trail-reads.js';

class StateQuery {
  @IsString() @Length(1, 300) stream!: string;
  /** A position, or a time as RFC 3339 has it; left out: now. */
  @IsOptional() @IsString() @Length(1, 40) at?: string;
}

@Controller('v1/audit/state')
export class AuditStatesController {
  constructor(
    private readonly states: StatesAsOf,
    private readonly reads: TrailReads,
  ) {}

  @Get()
  @Allow('auditor')
  @Describe({
    summary: 'The state of an aggregate as of a position or a time, computed again from its events',
    answers: 'StateAsOf',
  })
  async read(
    @InScope() { workspace }: ReadScope,
    @FromQuery() { stream, at }: StateQuery,
    @Req() request: FastifyRequest,
  ): Promise<StateAsOf> {
    const moment = momentOf(at);
    await this.reads.record(request, 'state', { stream, at });
    return this.states.read(workspace, stream, moment);
  }
}

function momentOf(text: string | undefined): Moment {
  if (text === undefined) return 'now';
  return /^\d{1,19}$/.test(text) ? { position: BigInt(text) } : { time: instantOf('at', text) };
}
