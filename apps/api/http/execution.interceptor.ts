import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Observable } from 'rxjs';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { JsonValue } from '../../../domain/kernel/json.js';
import { systemWorkspace } from '../../../domain/kernel/names.js';
import {
  inContext,
  type ExecutionContext as Execution,
} from '../../../infra/engine/commands/execution-context.js';
import { canonicalJson } from '../../../infra/eventstore/canonical-json.js';
import { randomIds } from '../../../infra/system/random-ids.js';
import { systemClock } from '../../../infra/system/system-clock.js';
import { accessTo, type RequestAccess } from './principal.js';
import { openKey } from './route.js';

const keyPattern = /^[\x21-\x7e]{1,255}$/;

/** Gives whatever a request does its context: who, where, when, and under which key. */
@Injectable()
export class ExecutionInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (Reflect.getMetadata(openKey, context.getHandler())) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const execution = executionOf(request, accessTo(request));
    return new Observable((subscriber) => inContext(execution, () => next.handle().subscribe(subscriber)));
  }
}

function executionOf(request: FastifyRequest, access: RequestAccess): Execution {
  const { workspace, correlationId, principal } = access;
  const context = {
    workspace,
    actor: principal.actor,
    at: systemClock.now(),
    commandId: randomIds.next(),
    correlationId,
    causationId: '',
  };
  const key = request.headers['idempotency-key'];
  if (key === undefined) return { context };
  if (typeof key !== 'string' || !keyPattern.test(key))
    throw new InvalidRequest(
      'request.bad-idempotency-key',
      'an Idempotency-Key is 1 to 255 printable characters',
    );
  return {
    context,
    fingerprint: {
      workspace: principal.confinedTo ?? systemWorkspace,
      principal: principal.actor,
      route: request.routeOptions.url ?? request.url,
      key,
      content: contentOf(request, workspace),
    },
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
export function withBody({ context, fingerprint }: Execution, sha256: string): Execution {
  return fingerprint
    ? { context, fingerprint: { ...fingerprint, content: `${fingerprint.content}\n${sha256}` } }
    : { context };
}
