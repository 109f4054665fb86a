import { randomUUID } from 'node:crypto';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Forbidden, InvalidRequest, NotFound } from '../../../domain/kernel/errors.js';
import { systemWorkspace, workspaceId, type WorkspaceId } from '../../../domain/kernel/names.js';
import { allows } from '../../../domain/tenancy/roles.js';
import { parseTraceParent } from '../../../infra/telemetry/trace-ids.js';
import { Authentication } from './authentication.js';
import { rememberAccess, rememberDenial, type Principal, type RequestAccess } from './principal.js';
import { accessKey, openKey, type Access, type WorkspaceSource } from './route.js';

const correlationPattern = /^[\x21-\x7e]{1,128}$/;

/** Who asks, for which workspace, and may they? What says nothing is denied. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authentication: Authentication,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.reflector.get<boolean | undefined>(openKey, context.getHandler())) return true;
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const caller = parseTraceParent(request.headers['traceparent']);
    const correlationId = correlationOf(request) ?? caller?.correlationId ?? randomUUID();
    void http.getResponse<FastifyReply>().header('x-correlation-id', correlationId);
    let principal: Principal | undefined;
    try {
      principal = await this.authentication.principalOf(request.headers.authorization);
      const granted = await this.grantedTo(principal, request, context);
      const causeId = caller?.correlationId === correlationId ? caller.causeId : '';
      rememberAccess(request, { ...granted, correlationId, requestId: randomUUID(), causeId });
      return true;
    } catch (error) {
      rememberDenial(request, { principal });
      throw error;
    }
  }

  private async grantedTo(
    principal: Principal,
    request: FastifyRequest,
    context: ExecutionContext,
  ): Promise<Pick<RequestAccess, 'principal' | 'workspace'>> {
    const access = this.reflector.get<Access | undefined>(accessKey, context.getHandler());
    if (!access) throw new Forbidden('access.denied', 'nobody may do this');
    const workspace = await this.workspaceOf(request, access.workspace, principal);
    if (!allows(principal.roles, access.role))
      throw new Forbidden('access.denied', `this needs the role ${access.role}`, { needed: access.role });
    return { principal, workspace };
  }

  /** What exists elsewhere is not found: a key learns nothing about workspaces that are not its own. */
  private async workspaceOf(
    request: FastifyRequest,
    source: WorkspaceSource,
    { confinedTo }: Principal,
  ): Promise<WorkspaceId> {
    if (source === 'system') {
      if (confinedTo !== undefined && confinedTo !== systemWorkspace)
        throw new Forbidden('access.denied', 'this needs a key of the platform itself');
      return systemWorkspace;
    }
    const named = source === 'path' ? pathWorkspace(request) : request.headers['x-workspace'];
    if (typeof named !== 'string' || named === '')
      throw new InvalidRequest('access.no-workspace', 'the header X-Workspace must name a workspace');
    if ((confinedTo !== undefined && named !== confinedTo) || !(await this.authentication.exists(named)))
      throw new NotFound('tenancy.unknown-workspace', 'there is no such workspace');
    return workspaceId(named);
  }
}

function pathWorkspace(request: FastifyRequest): unknown {
  const parameters = request.params;
  return typeof parameters === 'object' && parameters !== null && 'workspaceId' in parameters
    ? parameters.workspaceId
    : undefined;
}

function correlationOf(request: FastifyRequest): string | undefined {
  const given = request.headers['x-correlation-id'];
  return typeof given === 'string' && correlationPattern.test(given) ? given : undefined;
}
