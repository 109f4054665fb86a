import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { RecordTrailRead } from '../../../domain/audit/commands.js';
import type { TrailReadKind } from '../../../domain/audit/contract.js';
import { randomIds } from '../../../infra/system/random-ids.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { bindContext } from '../../../infra/engine/commands/execution-context.js';
import { accessTo } from '../http/principal.js';
import { RequestExecution } from '../http/request-execution.js';
import { Refusals } from './refusals.js';

/** Records who reads the audit trail, in the trail itself and before anything of it is shown: one event a request. */
@Injectable()
export class TrailReads {
  private readonly process = randomIds.next();

  constructor(
    private readonly commands: Commands,
    private readonly requests: RequestExecution,
    private readonly refusals: Refusals,
  ) {}

  /**
   * @param query what was asked for; what is undefined is left out
   * @returns position of its event: everything that happened before stands before it
   * @throws Unavailable when it cannot be recorded: then it is not read either
   */
  async record(
    request: FastifyRequest,
    kind: TrailReadKind,
    query: Readonly<Record<string, string | undefined>>,
  ): Promise<bigint> {
    await this.refusals.flush(accessTo(request).workspace);
    const { context, requestId } = await this.requests.of(request);
    const command = Object.assign(new RecordTrailRead(), {
      log: `${context.at.slice(0, 10)}-${this.process}`,
      kind,
      query: Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined)),
    });
    const place = { context, ...(requestId !== undefined && { requestId }) };
    const { position } = await this.commands.execute(bindContext(command, place));
    return BigInt(position ?? 0);
  }
}
