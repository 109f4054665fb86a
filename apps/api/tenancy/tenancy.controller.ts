import { hash } from 'node:crypto';
import { Controller, Delete, Get, HttpCode, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { workspaceId } from '../../../domain/kernel/names.js';
import { CreateWorkspace, IssueApiKey, RevokeApiKey } from '../../../domain/tenancy/commands.js';
import type { Answer } from '../../../infra/engine/commands/aggregates.js';
import { Commands } from '../../../infra/engine/commands/commands.js';
import { bindContext, contextOf } from '../../../infra/engine/commands/execution-context.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import { apiKeys, type ListedApiKey } from '../../../projections/tenancy/api-keys.js';
import { workspaces, type ListedWorkspace } from '../../../projections/tenancy/workspaces.js';
import { formatApiKey, newSecret } from '../http/api-key-text.js';
import { Authentication } from '../http/authentication.js';
import { FromQuery, FromRequest } from '../http/from-request.js';
import { accessTo } from '../http/principal.js';
import { InScope, PageQuery, pageRequest, Reads } from '../http/queries.js';
import { Allow, Describe } from '../http/route.js';

@Controller('v1/tenancy/workspaces')
export class TenancyController {
  constructor(
    private readonly commands: Commands,
    private readonly authentication: Authentication,
    @Reads(workspaces) private readonly workspaces: ReadModel<ListedWorkspace>,
    @Reads(apiKeys) private readonly apiKeys: ReadModel<ListedApiKey>,
  ) {}

  @Post()
  @Allow('owner', { workspace: 'system' })
  @Describe({ summary: 'Create a workspace', answers: 'WorkspaceCreated', status: 201 })
  async create(@FromRequest() command: CreateWorkspace): Promise<Answer & { id: string }> {
    const { context, ...rest } = contextOf(command);
    // A workspace's own stream begins with it: it belongs to itself, not to whoever made it.
    bindContext(command, { ...rest, context: { ...context, workspace: workspaceId(command.id) } });
    return { id: command.id, ...(await this.commands.execute(command)) };
  }

  @Get(':workspaceId')
  @Allow('viewer', { workspace: 'path' })
  @Describe({ summary: 'A workspace', answers: 'Workspace' })
  get(@InScope() scope: ReadScope): Promise<ListedWorkspace> {
    return this.workspaces.get(scope, scope.workspace);
  }

  @Post(':workspaceId/keys')
  @Allow('admin', { workspace: 'path' })
  @Describe({
    summary: 'Issue an API key; its text is shown this once',
    answers: 'ApiKeyIssued',
    status: 201,
  })
  async issueKey(
    @FromRequest({ leaveOut: ['workspaceId'] }) command: IssueApiKey,
    @Req() request: FastifyRequest,
  ): Promise<Answer & { keyId: string; key?: string }> {
    const { workspace, principal } = accessTo(request);
    const secret = newSecret();
    const secretHash = hash('sha256', secret);
    Object.assign(command, { secretHash, issuerRoles: principal.roles });
    const answer = await this.commands.execute(command);
    const { keyId } = command;
    // A repeat under the same Idempotency-Key finds the first secret's hash; that secret was shown and is gone.
    const shown =
      command.secretHash === secretHash ? { key: formatApiKey({ workspace, keyId, secret }) } : {};
    return { keyId, ...shown, ...answer };
  }

  @Get(':workspaceId/keys')
  @Allow('admin', { workspace: 'path' })
  @Describe({ summary: 'The API keys of a workspace, revoked ones too', answers: 'page of ApiKey' })
  listKeys(@InScope() scope: ReadScope, @FromQuery() query: PageQuery) {
    return this.apiKeys.page(scope, pageRequest(query));
  }

  @Delete(':workspaceId/keys/:keyId')
  @HttpCode(200)
  @Allow('admin', { workspace: 'path' })
  @Describe({ summary: 'Revoke an API key', answers: 'CommandAnswer' })
  async revokeKey(
    @FromRequest({ leaveOut: ['workspaceId'] }) command: RevokeApiKey,
    @InScope() scope: ReadScope,
  ): Promise<Answer> {
    const answer = await this.commands.execute(command);
    this.authentication.forget(scope.workspace, command.keyId);
    return answer;
  }
}
