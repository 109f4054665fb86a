import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { systemWorkspace } from '../../../domain/kernel/names.js';
import type { ExecutionContext } from '../../../infra/engine/commands/execution-context.js';
import type { RequestFingerprint } from '../../../infra/engine/commands/idempotency-stream.js';
import { canonicalJson } from '../../../infra/eventstore/canonical-json.js';
import { randomIds } from '../../../infra/system/random-ids.js';
import { PlatformClock } from '../../config/platform-clock.js';
import { accessTo } from './principal.js';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** The context of whatever a request does: who, where, when, and under which key. */
@Injectable()
export class RequestExecution {
  constructor(private readonly clock: PlatformClock) {}

  /**
   * @throws InvalidRequest `request.bad-idempotency-key`
   * @throws Unavailable when nobody can tell the time
   */
  async of(request: FastifyRequest): Promise<ExecutionContext> {
    const { workspace, correlationId, principal, requestId } = accessTo(request);
    const fingerprint = fingerprintOf(request);
    const context = {
      workspace,
      actor: principal.actor,
      at: await this.clock.now(),
      commandId: randomIds.next(),
      correlationId,
      causationId: '',
    };
    return { context, requestId, ...(fingerprint && { fingerprint }) };
  }
}

function fingerprintOf(request: FastifyRequest): RequestFingerprint | undefined {
  const { workspace, principal } = accessTo(request);
  const key = request.headers['idempotency-key'];
  if (key === undefined) return undefined;
  if (typeof key !== 'string' || !keyPattern.test(key))
    throw new InvalidRequest(
      'request.bad-idempotency-key',
      'an Idempotency-Key is 1 to 255 printable characters',
    );
  return {
    workspace: principal.confinedTo ?? systemWorkspace,
    principal: principal.actor,
    route: request.routeOptions.url ?? request.url,
    key,
    content: contentOf(request, workspace),
  };
}

/** A body that is streamed is not known yet; whoever stores it adds its hash (`withBody`). */
function contentOf(request: FastifyRequest, workspace: string): string {
  const { method, params, query, body } = request;
  const isStream = typeof body === 'object' && body !== null && 'pipe' in body;
  return canonicalJson(
    JSON.parse(
      JSON.stringify({ method, workspace, params, query, body: isStream ? null : (body ?? null) }),
    ) as JsonValue,
  );
}

/** The same request with what its streamed body turned out to be. */
export function withBody({ context, fingerprint }: ExecutionContext, sha256: string): ExecutionContext {
  return fingerprint
    ? { context, fingerprint: { ...fingerprint, content: `${fingerprint.content}\n${sha256}` } }
    : { context };
}
