import { event, type EventOf } from '../kernel/event.js';
import type { Erasable } from '../kernel/erasable.js';
import type { Role } from './roles.js';

export const workspaceEvents = {
  WorkspaceCreated: event<{ id: string; name: string }>(),
};
export type WorkspaceEvent = EventOf<typeof workspaceEvents>;

export interface ApiKeyIssued {
  readonly keyId: string;
  /** Often a person's name, so it can be erased. */
  readonly name: Erasable<string>;
  readonly roles: readonly Role[];
  /** SHA-256 of the secret, lower-case hex; the secret itself is nowhere. */
  readonly secretHash: string;
}

export const apiKeyEvents = {
  ApiKeyIssued: event<ApiKeyIssued>({
    erasable: { name: ({ keyId }, { workspace }) => `key:${workspace}/${keyId}` },
  }),
  ApiKeyRevoked: event<{ keyId: string }>(),
};
export type ApiKeyEvent = EventOf<typeof apiKeyEvents>;
