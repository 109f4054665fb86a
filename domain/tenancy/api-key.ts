import { decider } from '../kernel/decider.js';
import { Rejected } from '../kernel/errors.js';
import { IssueApiKey, RevokeApiKey } from './commands.js';
import { apiKeyEvents, type ApiKeyEvent } from './events.js';
import { allows, type Role } from './roles.js';

export type ApiKey =
  | { readonly state: 'unknown' }
  | { readonly state: 'active'; readonly secretHash: string; readonly roles: readonly Role[] }
  | { readonly state: 'revoked' };

/** A key to one workspace: shown once, revoked once, never changed. */
export const apiKey = decider<ApiKey, ApiKeyEvent>()({
  category: 'apiKey',
  events: apiKeyEvents,
  commands: { IssueApiKey, RevokeApiKey },
  id: ({ keyId }) => keyId,
  initial: { state: 'unknown' },

  decide: {
    IssueApiKey: ({ keyId, name, roles, secretHash, issuerRoles }) => {
      const beyond = roles.filter((role) => !allows(issuerRoles, role));
      if (beyond.length > 0)
        throw new Rejected('tenancy.role-beyond-own', 'nobody can give a role above their own', { beyond });
      return [{ type: 'ApiKeyIssued', data: { keyId, name, roles, secretHash } }];
    },

    RevokeApiKey: ({ keyId }, { state }) => {
      if (state === 'unknown') throw new Rejected('tenancy.unknown-key', `there is no key ${keyId}`);
      return state === 'revoked' ? [] : [{ type: 'ApiKeyRevoked', data: { keyId } }];
    },
  },

  evolve: {
    ApiKeyIssued: (_before, { data }) => ({
      state: 'active',
      secretHash: data.secretHash,
      roles: data.roles,
    }),
    ApiKeyRevoked: () => ({ state: 'revoked' }),
  },
});
