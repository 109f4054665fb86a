import { Controller, Get, Param, Post } from '@nestjs/common';
import { RegisterSource } from '../../../domain/reconciliation/commands.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import { sources, type ListedSource } from '../../../projections/reconciliation/sources.js';
import { FromQuery, FromRequest } from '../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';

@Controller('v1/reconciliation/sources')
export class SourcesController {
  constructor(
    private readonly commands: Commands,
    @Reads(sources) private readonly sources: ReadModel<ListedSource>,
  ) {}

  @Post()
  @Allow('engineer')
  @Describe({
    summary: 'Register a source: how its files are read',
    answers: 'SourceRegistered',
    status: 201,
  })
  async register(@FromRequest() command: RegisterSource): Promise<Answer & { name: string }> {
    return { name: command.name, ...(await this.commands.execute(command)) };
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The sources of the workspace', answers: 'page of Source' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.sources.page(scope, pageRequest(query));
  }

  @Get(':name')
  @Allow('viewer')
  @Describe({ summary: 'A source and its newest profile', answers: 'Source' })
  get(@InScope() scope: ReadScope, @Param('name') name: string): Promise<ListedSource> {
    return this.sources.get(scope, name);
  }
}
