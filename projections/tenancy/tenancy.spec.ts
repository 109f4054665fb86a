import { erased } from '../../domain/kernel/erasable.js';
import type { ApiKeyEvent, WorkspaceEvent } from '../../domain/tenancy/contract.js';
import { fold } from '../kernel/testing.js';
import { apiKeys } from './api-keys.js';
import { workspaces } from './workspaces.js';

const at = '2024-06-12T20:00:00.000Z';

describe('workspaces', () => {
  const created: WorkspaceEvent = { type: 'WorkspaceCreated', data: { id: 'acme', name: 'Acme' } };

  it('are shown with their name and their first moment', () =>
    fold(workspaces).given(created).is('acme', { id: 'acme', name: 'Acme', createdAt: at }));
});

describe('API keys', () => {
  const data = { keyId: 'k1', name: 'Ann', roles: ['analyst' as const], secretHash: 'ab'.repeat(32) };
  const issued: ApiKeyEvent = { type: 'ApiKeyIssued', data };
  const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { keyId: 'k1' } };
  const listed = {
    keyId: 'k1',
    name: 'Ann',
    roles: ['analyst' as const],
    issuedAt: at,
    issuedBy: 'key:alice',
  };

  it('are shown with who issued them, and never with their secret’s hash', () =>
    fold(apiKeys).given(issued).is('k1', listed));

  it('stay when they are revoked, and say when', () => {
    const later = '2024-06-13T08:00:00.000Z';
    fold(apiKeys)
      .given(issued, { ...revoked, at: later })
      .is('k1', { ...listed, revokedAt: later });
  });

  it.each([
    ['sealed', { $sealed: '1.a.b.c' }],
    ['erased', erased],
  ])('bear a name that is %s', (_what, name) =>
    fold(apiKeys)
      .given({ ...issued, data: { ...data, name } }, revoked)
      .is('k1', { ...listed, name, revokedAt: at }),
  );

  it('are not made up by a revocation', () => fold(apiKeys).given(revoked).has());

  it('are a document each', () =>
    fold(apiKeys)
      .given(issued, { ...issued, data: { ...data, keyId: 'k2' } })
      .has('k1', 'k2'));
});
