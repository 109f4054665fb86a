import { Controller, Get, Param, Req, Res, type StreamableFile } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { ReadScope } from '../../../infra/engine/projections/read-model.js';
import { InScope } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { eventStreamType, lastEventId, ServerSentEvents } from '../http/server-sent-events.js';
import { RunWatch } from './runs/run-watch.js';
import { UploadProgress } from './uploads/upload-progress.js';

@Controller('v1/reconciliation')
export class ProgressController {
  constructor(
    private readonly events: ServerSentEvents,
    private readonly runs: RunWatch,
    private readonly uploads: UploadProgress,
  ) {}

  @Get('runs/:runId/events')
  @Allow('viewer')
  @Describe({
    summary:
      'The steps of a run as server-sent events, until it has nothing more to do; 204 when nothing follows',
    answers: 'text',
    gives: eventStreamType,
  })
  async run(
    @InScope() { workspace }: ReadScope,
    @Param('runId') runId: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile | undefined> {
    const steps = await this.runs.open(workspace, runId, revisionOf(lastEventId(request)));
    if (steps) return this.events.stream(request, reply, steps);
    // Otherwise a browser would come again for ever.
    void reply.status(204);
    return undefined;
  }

  @Get('uploads/progress/:token')
  @Allow('viewer')
  @Describe({
    summary: 'How far the upload is that was sent with this X-Progress-Token, as server-sent events',
    answers: 'text',
    gives: eventStreamType,
  })
  async upload(
    @InScope() { workspace }: ReadScope,
    @Param('token') token: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<StreamableFile> {
    return this.events.stream(request, reply, await this.uploads.watch(workspace, token));
  }
}

/** @throws InvalidRequest `request.bad-event-id` */
function revisionOf(eventId: string | undefined): bigint {
  if (eventId === undefined) return -1n;
  if (!/^\d{1,19}$/.test(eventId))
    throw new InvalidRequest('request.bad-event-id', 'Last-Event-ID is the id of an event of this stream');
  return BigInt(eventId);
}
