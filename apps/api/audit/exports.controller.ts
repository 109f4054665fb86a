import { Controller, Get, HttpCode, Param, Post, Req, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { RequestAuditExport } from '../../../domain/audit/commands.js';
import { Rejected } from '../../../domain/kernel/errors.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import { FileObjectStore } from '../../../infra/objects/file-object-store.js';
import { auditExports, type ListedAuditExport } from '../../../projections/audit/audit-exports.js';
import { FromQuery, FromRequest } from '../http/from-request.js';
import { InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { AuditReader } from './audit-reader.js';
import { TrailReads } from './trail-reads.js';

@Controller('v1/audit/exports')
export class AuditExportsController {
  constructor(
    private readonly commands: Commands,
    private readonly reader: AuditReader,
    private readonly reads: TrailReads,
    private readonly objects: FileObjectStore,
    @Reads(auditExports) private readonly exports: ReadModel<ListedAuditExport>,
  ) {}

  @Post()
  @HttpCode(202)
  @Allow('auditor')
  @Describe({
    summary: 'Export what is sealed of the workspace’s trail, as a folder that proves itself',
    answers: 'AuditExportAccepted',
    status: 202,
  })
  async request(
    @FromRequest() command: RequestAuditExport,
    @InScope() { workspace }: ReadScope,
  ): Promise<Answer & { exportId: string; status: 'accepted' }> {
    Object.assign(command, { workspace, checkpoint: await this.reader.checkpoint() });
    const answer = await this.commands.execute(command);
    return { exportId: command.exportId, status: 'accepted', ...answer };
  }

  @Get()
  @Allow('auditor')
  @Describe({ summary: 'The exports of the workspace', answers: 'page of AuditExport' })
  async list(@InScope() scope: ReadScope, @FromQuery() query: PageQuery, @Req() request: FastifyRequest) {
    await this.reads.record(request, 'exports', {});
    return this.exports.page(scope, pageRequest(query));
  }

  @Get(':exportId')
  @Allow('auditor')
  @Describe({ summary: 'An export, and how far it is', answers: 'AuditExport' })
  get(@InScope() scope: ReadScope, @Param('exportId') exportId: string): Promise<ListedAuditExport> {
    return this.exports.get(scope, exportId);
  }

  @Get(':exportId/download')
  @Allow('auditor')
  @Describe({
    summary: 'The export as a tar file; `node verify.mjs` in its folder checks it',
    answers: 'text',
    gives: 'application/x-tar',
  })
  async download(
    @InScope() scope: ReadScope,
    @Param('exportId') exportId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    await this.reads.record(request, 'download', { exportId });
    const { sha256, bytes } = archiveOf(await this.exports.get(scope, exportId));
    void reply.header(
      'content-disposition',
      `attachment; filename="audit-${scope.workspace}-${exportId}.tar"`,
    );
    return new StreamableFile(Readable.from(this.objects.get(sha256)), {
      type: 'application/x-tar',
      length: bytes,
    });
  }
}

/** @throws Rejected `audit.export-not-completed` */
function archiveOf({ exportId, status, archive, reason }: ListedAuditExport) {
  if (archive) return archive;
  throw new Rejected('audit.export-not-completed', `export ${exportId} holds nothing: it is ${status}`, {
    status,
    reason: reason ?? null,
  });
}
