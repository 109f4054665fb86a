import { Controller, Get, Param, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NotFound } from '../../../domain/kernel/errors.js';
import type { Page } from '../../../domain/kernel/ports/read-model-store.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import type { EventProof } from '../../../infra/audit/proofs/event-proof.js';
import type { TrailEntry } from '../../../projections/audit/audit-trail.js';
import { trail } from '../../config/contexts.js';
import { FromQuery } from '../http/from-request.js';
import { InScope, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';
import { AuditReader, type RecordedContent } from './audit-reader.js';
import { shown, trailPage, type ShownEntry } from './trail-pages.js';
import { TrailQuery, searchedBy, trailRequest } from './trail-query.js';
import { TrailReads } from './trail-reads.js';

@Controller('v1/audit/events')
export class AuditEventsController {
  constructor(
    private readonly reader: AuditReader,
    private readonly reads: TrailReads,
    @Reads(trail) private readonly trail: ReadModel<TrailEntry>,
  ) {}

  @Get()
  @Allow('auditor')
  @Describe({
    summary: 'The audit trail of the workspace, sorted by position, as it stands at the first page',
    answers: 'page of AuditEvent',
  })
  async list(
    @InScope() scope: ReadScope,
    @FromQuery() query: TrailQuery,
    @Req() request: FastifyRequest,
  ): Promise<Page<ShownEntry>> {
    const asked = trailRequest(query);
    const now = await this.reads.record(request, 'events', searchedBy(query));
    return trailPage(this.trail, scope, asked, now);
  }

  @Get(':eventId')
  @Allow('auditor')
  @Describe({ summary: 'An event with its data, as it is read today', answers: 'AuditEventWithData' })
  async get(
    @InScope() scope: ReadScope,
    @Param('eventId') eventId: string,
    @Req() request: FastifyRequest,
  ): Promise<ShownEntry & RecordedContent> {
    const after = await this.reads.record(request, 'event', { eventId });
    const entry = await this.entryOf({ ...scope, after }, eventId);
    return { ...shown(entry), ...(await this.reader.contentOf(entry)) };
  }

  @Get(':eventId/proof')
  @Allow('auditor')
  @Describe({
    summary: 'That the event stands in the log: two inclusion proofs, up to the newest signed checkpoint',
    answers: 'AuditProof',
  })
  async proof(
    @InScope() scope: ReadScope,
    @Param('eventId') eventId: string,
    @Req() request: FastifyRequest,
  ): Promise<EventProof> {
    const after = await this.reads.record(request, 'proof', { eventId });
    return this.reader.proofOf(scope.workspace, await this.entryOf({ ...scope, after }, eventId));
  }

  /** @throws NotFound `audit.unknown-event` */
  private async entryOf(scope: ReadScope, id: string): Promise<TrailEntry> {
    const { items } = await this.trail.page(scope, { limit: 1, where: { id } });
    const [entry] = items;
    if (!entry) throw new NotFound('audit.unknown-event', `the trail of the workspace has no event ${id}`);
    return entry;
  }
}
