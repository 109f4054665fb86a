import { SetMetadata, applyDecorators } from '@nestjs/common';
import type { Role } from '../../../domain/tenancy/contract.js';

/** Which workspace a route speaks of, and where its id stands. */
export type WorkspaceSource = 'header' | 'path' | 'system';

export interface Access {
  readonly role: Role;
  readonly workspace: WorkspaceSource;
}

export const accessKey = 'axion:access';
export const openKey = 'axion:open';
export const describedKey = 'axion:described';

/**
 * Who may call a route. A route without it is refused to everybody.
 *
 * @param workspace `header`: named by `X-Workspace`; `path`: by the parameter `workspaceId`; `system`: the platform's
 */
export function Allow(
  role: Role,
  { workspace = 'header' }: { workspace?: WorkspaceSource } = {},
): MethodDecorator {
  return SetMetadata(accessKey, { role, workspace } satisfies Access);
}

/** A route that needs no key: it tells nothing about anybody. */
export function Open(): MethodDecorator {
  return SetMetadata(openKey, true);
}

export interface RouteDescription {
  readonly summary: string;
  /** Names a schema of `openapi-schemas.ts` and the files it joins; `page of X` for a list. */
  readonly answers: string;
  readonly status?: number;
  /** Content types of a raw body. */
  readonly takes?: readonly string[];
  /** Content type of the answers beside JSON. */
  readonly gives?: string;
}

/** What the OpenAPI document says of a route beyond what its decorators and types say already. */
export function Describe(description: RouteDescription): MethodDecorator {
  return applyDecorators(SetMetadata(describedKey, description));
}
