import { erased } from '../kernel/erasable.js';
import { command, specify } from '../kernel/testing.js';
import { apiKey } from './api-key.js';
import { CreateWorkspace, IssueApiKey, RevokeApiKey } from './commands.js';
import type { ApiKeyEvent, WorkspaceEvent } from './events.js';
import { allows, roles, type Role } from './roles.js';
import { workspace } from './workspace.js';

describe('a workspace', () => {
  const { given } = specify(workspace);
  const created: WorkspaceEvent = { type: 'WorkspaceCreated', data: { id: 'acme', name: 'Acme' } };
  const create = command(CreateWorkspace, { id: 'acme', name: 'Acme' });

  it('is created', () => given().when(create).then(created));
  it('is not created twice', () => given(created).when(create).then());
  it('keeps its name', () =>
    given(created)
      .when(command(CreateWorkspace, { id: 'acme', name: 'Other' }))
      .rejects('tenancy.workspace-exists'));
});

describe('an API key', () => {
  const { given } = specify(apiKey);
  const data = { keyId: 'k1', name: 'Ann', roles: ['analyst' as const], secretHash: 'ab' };
  const issued: ApiKeyEvent = { type: 'ApiKeyIssued', data };
  const revoked: ApiKeyEvent = { type: 'ApiKeyRevoked', data: { keyId: 'k1' } };
  const issue = command(IssueApiKey, { ...data, issuerRoles: ['admin'] });
  const revoke = command(RevokeApiKey, { keyId: 'k1' });

  it('is issued', () => given().when(issue).then(issued));
  it('is revoked once', () => given(issued, revoked).when(revoke).then());
  it('is revoked though its name was erased', () =>
    given({ type: 'ApiKeyIssued', data: { ...data, name: erased } })
      .when(revoke)
      .then(revoked));
  it('cannot be revoked where there is none', () => given().when(revoke).rejects('tenancy.unknown-key'));
  it('cannot carry a role above its issuer’s', () =>
    given()
      .when(command(IssueApiKey, { ...data, roles: ['owner'], issuerRoles: ['admin'] }))
      .rejects('tenancy.role-beyond-own'));
  it('makes an auditor only by an owner', () => {
    const auditor = { ...data, roles: ['auditor' as const] };
    const { when } = given();
    when(command(IssueApiKey, { ...auditor, issuerRoles: ['admin'] })).rejects('tenancy.role-beyond-own');
    when(command(IssueApiKey, { ...auditor, issuerRoles: ['owner'] })).then({
      type: 'ApiKeyIssued',
      data: auditor,
    });
  });
});

describe('roles', () => {
  it.each([
    ['viewer', ['viewer']],
    ['analyst', ['viewer', 'analyst']],
    ['engineer', ['viewer', 'analyst', 'engineer']],
    ['admin', ['viewer', 'analyst', 'engineer', 'admin']],
    ['owner', roles],
    ['auditor', ['viewer', 'auditor']],
  ] as const)('%s may do what %j may, and nothing else', (role, expected) => {
    expect(roles.filter((needed) => allows([role], needed))).toEqual(expected);
  });
  it('add up', () => expect(allows(['analyst', 'auditor'], 'auditor')).toBe(true));
  it('none allow nothing', () => expect(allows([], 'viewer')).toBe(false));
  it('that are not known any more allow nothing', () =>
    expect(roles.filter((needed) => allows(['steward' as Role], needed))).toEqual([]));
});
