import { Controller, Get, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RecordUpload } from '../../../domain/reconciliation/commands.js';
import type { ListedUpload } from '../../../projections/reconciliation/uploads.js';
import { uploads } from '../../../projections/reconciliation/uploads.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import { FromQuery } from '../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { rejectColumns } from '../../../projections/reconciliation/columns.js';
import { ColumnPages } from '../http/column-pages.js';
import { UploadIntake, UploadQuery, type UploadAnswer } from './upload-intake.js';

@Controller('v1/reconciliation/uploads')
export class UploadsController {
  constructor(
    private readonly intake: UploadIntake,
    private readonly columnPages: ColumnPages,
    @Reads(uploads) private readonly uploads: ReadModel<ListedUpload>,
  ) {}

  @Post()
  @Allow('analyst')
  @Describe({
    summary: 'Upload a file of trades of one side, streamed as the raw body',
    answers: 'UploadRecorded',
    status: 201,
    takes: 'text/csv',
  })
  upload(@Req() request: FastifyRequest, @FromQuery() query: UploadQuery): Promise<UploadAnswer> {
    return this.intake.take(request, query, new RecordUpload());
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
