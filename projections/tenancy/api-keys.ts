import type { Erasable } from '../../domain/kernel/erasable.js';
import { apiKeyEvents, type ApiKeyEvent, type Role } from '../../domain/tenancy/contract.js';
import { projection } from '../kernel/projection.js';

/** What people see of a key: never its secret, nor the secret's hash. */
export interface ListedApiKey {
  readonly keyId: string;
  readonly name: Erasable<string>;
  readonly roles: readonly Role[];
  readonly issuedAt: string;
  readonly issuedBy: string;
  readonly revokedAt?: string;
}

export const apiKeys = projection<ListedApiKey, ApiKeyEvent>({
  name: 'api-keys',
  version: 1,
  events: apiKeyEvents,
  key: ({ data }) => data.keyId,
  on: {
    ApiKeyIssued: (_before, { data, at, actor }) => ({
      keyId: data.keyId,
      name: data.name,
      roles: data.roles,
      issuedAt: at,
      issuedBy: actor,
    }),
    ApiKeyRevoked: (key, { at }) => key && { ...key, revokedAt: at },
  },
});
