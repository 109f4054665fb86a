import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import {
  RecordUpload,
  ReinstateUpload,
  SupersedeUpload,
  WithdrawUpload,
} from '../../../../domain/reconciliation/uploads/commands.js';
import { bookOf, upload } from '../../../../domain/reconciliation/uploads/upload.js';
import type { Answer } from '../../../../infra/engine/commands/aggregates.js';
import { AggregateStates } from '../../../../infra/engine/commands/aggregate-states.js';
import { Commands } from '../../../../infra/engine/commands/commands.js';
import { type ListedUpload, uploads } from '../../../../projections/reconciliation/uploads.js';
import { ReadModel, type ReadScope } from '../../../../infra/engine/projections/read-model.js';
import { fileContentTypes } from '../../http/body-stream.js';
import { FromQuery, FromRequest } from '../../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../../http/queries.js';
import { Allow, Describe } from '../../http/route.js';
import { rejectColumns } from '../../../../projections/reconciliation/columns.js';
import { ColumnPages } from '../../http/column-pages.js';
import { UploadIntake, UploadQuery, type UploadAnswer } from './upload-intake.js';

@Controller('v1/reconciliation/uploads')
export class UploadsController {
  constructor(
    private readonly commands: Commands,
    private readonly states: AggregateStates,
    private readonly intake: UploadIntake,
    private readonly columnPages: ColumnPages,
    @Reads(uploads) private readonly uploads: ReadModel<ListedUpload>,
  ) {}

  @Post()
  @Allow('analyst')
  @Describe({
    summary:
      'Upload a file of trades of one side, streamed as the raw body; X-Progress-Token names it to whoever follows it',
    answers: 'UploadRecorded',
    status: 201,
    takes: fileContentTypes,
  })
  upload(@Req() request: FastifyRequest, @FromQuery() query: UploadQuery): Promise<UploadAnswer> {
    return this.intake.take(request, query, new RecordUpload());
  }

  @Post(':uploadId/withdraw')
  @Allow('analyst')
  @Describe({
    summary: 'Withdraw an upload: it is in no new run, and the runs that have used it become stale',
    answers: 'CommandAnswer',
    status: 201,
  })
  withdraw(@FromRequest() command: WithdrawUpload): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Post(':uploadId/supersede')
  @Allow('analyst')
  @Describe({
    summary: 'Put a corrected upload, already there, in the place of this one',
    answers: 'CommandAnswer',
    status: 201,
  })
  async supersede(
    @FromRequest() command: SupersedeUpload,
    @InScope() { workspace }: ReadScope,
  ): Promise<Answer> {
    command.replacement = bookOf(command.by, await this.states.read(upload, workspace, command.by));
    return this.commands.execute(command);
  }

  @Post(':uploadId/reinstate')
  @Allow('analyst')
  @Describe({
    summary: 'Bring a withdrawn or superseded upload back into use',
    answers: 'CommandAnswer',
    status: 201,
  })
  reinstate(@FromRequest() command: ReinstateUpload): Promise<Answer> {
    return this.commands.execute(command);
  }

  @Get()
  @Allow('viewer')
  @Describe({ summary: 'The uploads of the workspace', answers: 'page of Upload' })
  list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.uploads.page(scope, pageRequest(query));
  }

  @Get(':uploadId')
  @Allow('viewer')
  @Describe({ summary: 'An upload', answers: 'Upload' })
  get(@InScope() scope: ReadScope, @Param('uploadId') uploadId: string): Promise<ListedUpload> {
    return this.uploads.get(scope, uploadId);
  }

  @Get(':uploadId/rejects')
  @Allow('viewer')
  @Describe({ summary: 'The rows that could not be read: line, field and reason', answers: 'page of Reject' })
  async rejects(
    @InScope() scope: ReadScope,
    @Param('uploadId') uploadId: string,
    @FromQuery() query: PageQuery,
  ) {
    const { rejects } = await this.uploads.get(scope, uploadId);
    return this.columnPages.page(rejectColumns, rejects, pageRequest(query));
  }
}
