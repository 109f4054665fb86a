import { Controller, Get, HttpCode, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RegisterSource } from '../../../../domain/reconciliation/uploads/commands.js';
import { profileOf, profileOfVersion, source } from '../../../../domain/reconciliation/uploads/source.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { sources, type ListedSource } from '../../../../projections/reconciliation/sources.js';
import { BodyStream, fileContentTypes } from '../../http/body-stream.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { largestSample, TrialQuery, tryProfile, type Trial } from './source-trial.js';

@Controller('v1/reconciliation/sources')
export class SourcesController {
  private readonly samples = new BodyStream(largestSample);

  constructor(
    private readonly commands: Commands,
    private readonly states: AggregateStates,
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

  @Post(':name/try')
  @HttpCode(200)
  @Allow('analyst')
  @Describe({
    summary: 'Read the beginning of a file, at most 1 MiB as the raw body, by a profile; nothing is recorded',
    answers: 'SourceTrial',
    takes: fileContentTypes,
  })
  async try(
    @Req() request: FastifyRequest,
    @Param('name') name: string,
    @InScope() { workspace }: ReadScope,
    @FromQuery() { limit, version: asked }: TrialQuery,
  ): Promise<Trial> {
    const state = await this.states.read(source, workspace, name);
    const version = asked === undefined ? profileOf(name, state).version : Number(asked);
    const profile = profileOfVersion(name, state, version);
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.samples.of(request)) chunks.push(chunk);
    return { name, version, ...(await tryProfile(profile, Buffer.concat(chunks), limit)) };
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The sources of the workspace', answers: 'page of Source' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.sources.page(scope, pageRequest(query));
  }

  @Get(':name')
  @Allow('viewer')
  @Describe({ summary: 'A source, its newest profile and its versions', answers: 'Source' })
  get(@InScope() scope: ReadScope, @Param('name') name: string): Promise<ListedSource> {
    return this.sources.get(scope, name);
  }
}
