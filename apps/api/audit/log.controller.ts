import { Controller, Get, Param, Res, StreamableFile } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import type { ReadScope } from '../../../infra/engine/projections/read-model.js';
import { InScope } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { AuditReader, type AuditStatus } from './audit-reader.js';
import type { SealedTile } from './sealed-tiles.js';

const bytes = 'application/octet-stream';

/**
 * The sealed logs as C2SP tlog-tiles serves them: the origin's below `/v1/audit`, the workspace's own below
 * `/v1/audit/log`. Who only reads hashes is not recorded.
 */
@Controller('v1/audit')
export class AuditLogController {
  constructor(private readonly reader: AuditReader) {}

  @Get('status')
  @Allow('auditor')
  @Describe({
    summary: 'How far the log is sealed, and whether an incident ended the sealing',
    answers: 'AuditStatus',
  })
  async status(@Res({ passthrough: true }) reply: FastifyReply): Promise<AuditStatus> {
    void reply.header('cache-control', 'no-cache');
    return this.reader.status();
  }

  @Get('checkpoint')
  @Allow('viewer')
  @Describe({
    summary: 'The newest signed checkpoint of the origin’s log (C2SP signed note); it names no workspace',
    answers: 'text',
    gives: 'text/plain',
  })
  async checkpoint(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const note = await this.reader.checkpoint();
    void reply.type('text/plain; charset=utf-8').header('cache-control', 'no-cache');
    return note;
  }

  @Get('tile/*')
  @Allow('viewer')
  @Describe({
    summary: 'A tile, or a bundle of entries, of the origin’s log: heads of workspaces without their names',
    answers: 'text',
    gives: bytes,
  })
  async originTile(@Param('*') rest: string, @Res({ passthrough: true }) reply: FastifyReply) {
    return given(await this.reader.tile(undefined, `tile/${rest}`), reply);
  }

  @Get('log/tile/*')
  @Allow('auditor')
  @Describe({
    summary: 'A tile, or a bundle of entries, of the workspace’s own log',
    answers: 'text',
    gives: bytes,
  })
  async workspaceTile(
    @InScope() { workspace }: ReadScope,
    @Param('*') rest: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    return given(await this.reader.tile(workspace, `tile/${rest}`), reply);
  }
}

/** Kept by whoever asked, and by no cache that others share: it was given to a key. */
function given(tile: SealedTile, reply: FastifyReply): StreamableFile {
  const age = tile.isFull ? 'private, max-age=31536000, immutable' : 'private, max-age=60';
  void reply.header('cache-control', age).header('vary', 'Authorization, X-Workspace');
  return new StreamableFile(tile.bytes, { type: bytes, length: tile.bytes.length });
}
