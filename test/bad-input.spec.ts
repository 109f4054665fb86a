import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds } from './harness/expectations.js';
import type { Ask, HttpClient } from './harness/http-client.js';
import { describeRefusals, file, post, type Refused } from './harness/refusals.js';
import { brokerProfile } from './harness/sample.js';

let axion: Axion;
let owner: HttpClient;
let viewer: HttpClient;
let stranger: HttpClient;
let revoked: HttpClient;

beforeAll(async () => {
  axion = await startAxion();
  owner = await axion.newWorkspace();
  viewer = await axion.newKey(owner, 'viewer');
  stranger = await axion.newKey(await axion.newWorkspace(), 'owner');
  const { keyId, ...was } = await axion.newKey(owner, 'owner');
  revoked = owner.as(was.identity.key);
  expect((await revoked.get('/v1/reconciliation/runs')).status).toBe(200);
  await owner.delete(`/v1/tenancy/workspaces/${owner.workspace}/keys/${keyId}`);
}, 60_000);
afterAll(() => axion.close());

const sources = '/v1/reconciliation/sources';
const runs = '/v1/reconciliation/runs';
const keysOf = (client: HttpClient): string => `/v1/tenancy/workspaces/${client.workspace}/keys`;
const profile = { ...brokerProfile, name: 'refused' };

const text = (raw: string, type = 'application/json'): Ask => ({
  method: 'POST',
  raw,
  headers: { 'content-type': type },
});
const commands: readonly Refused[] = [
  {
    what: 'an unknown field',
    ask: post({ ...profile, colour: 'red' }),
    status: 400,
    code: 'request.invalid',
    says: /"field":"colour","reason":"is not known"/,
  },
  {
    what: 'a field of another type',
    ask: post({ ...profile, delimiter: 5 }),
    status: 400,
    code: 'request.invalid',
    says: /"field":"delimiter"/,
  },
  {
    what: 'a table that is a text',
    ask: post({ ...profile, columns: 'all' }),
    status: 400,
    code: 'request.invalid',
    says: /"field":"columns"/,
  },
  {
    what: 'a table of something else than texts',
    ask: post({ ...profile, symbols: { A: 1 } }),
    status: 400,
    code: 'request.invalid',
    says: /"field":"symbols/,
  },
  {
    what: 'no fields at all',
    ask: post({}),
    status: 400,
    code: 'request.invalid',
    says: /"field":"name".*"field":"columns"/,
  },
  {
    what: 'a name that is the prototype’s',
    ask: text('{"name":"x","format":"csv","columns":{"side":"S"},"__proto__":{"a":1}}'),
    status: 400,
    code: 'request.invalid',
    says: /__proto__/,
  },
  {
    what: 'nothing but the prototype’s name',
    ask: text('{"__proto__":{"name":"x","format":"csv","columns":{"side":"S"}}}'),
    status: 400,
    code: 'request.invalid',
    says: /__proto__/,
  },
  {
    what: 'a name that every object inherits',
    ask: text('{"name":"x","format":"csv","columns":{"side":"S"},"constructor":{"name":"RequestRun"}}'),
    status: 400,
    code: 'request.invalid',
    says: /constructor/,
  },
  {
    what: 'a profile that cannot be used',
    ask: post({ ...profile, dateFormat: 'qqq' }),
    status: 422,
    code: 'reconciliation.bad-profile',
    says: /dateFormat/,
  },
  {
    what: 'the name of the built-in source',
    ask: post({ ...profile, name: 'axion-csv' }),
    status: 409,
    code: 'reconciliation.reserved-source',
  },
  {
    what: 'a name that stands twice',
    ask: text('{"name":"a","name":"b"}'),
    status: 400,
    code: 'request.duplicate-name',
    says: /name/,
  },
  { what: 'what is not JSON', ask: text('{"name":'), status: 400, code: 'request.bad-json' },
  { what: 'a list', ask: text('[]'), status: 400, code: 'request.invalid', says: /object/ },
  { what: 'null', ask: text('null'), status: 400, code: 'request.invalid' },
  { what: 'a text', ask: text('"profile"'), status: 400, code: 'request.invalid', says: /object/ },
  { what: 'an empty body', ask: text(''), status: 400, code: 'request.invalid', says: /name/ },
  { what: 'no body', ask: { method: 'POST' }, status: 400, code: 'request.invalid', says: /name/ },
  {
    what: 'a body over the limit',
    ask: post({ ...profile, symbols: { A: 'x'.repeat(1_100_000) } }),
    status: 413,
    code: 'request.too-large',
  },
  {
    what: 'another content type',
    ask: text('name=a', 'application/x-www-form-urlencoded'),
    status: 415,
    code: 'request.unknown-content-type',
  },
  {
    what: 'a file where a command is due',
    ask: file('name\nx\n'),
    status: 415,
    code: 'request.unknown-content-type',
  },
];

const queries: readonly Refused[] = [
  {
    what: 'an unknown parameter',
    path: `${runs}?colour=red`,
    status: 400,
    code: 'request.invalid',
    says: /colour/,
  },
  { what: 'a limit of 0', path: `${runs}?limit=0`, status: 400, code: 'request.invalid', says: /limit/ },
  {
    what: 'a limit of 1001',
    path: `${runs}?limit=1001`,
    status: 400,
    code: 'request.invalid',
    says: /limit/,
  },
  {
    what: 'a limit that is no number',
    path: `${runs}?limit=all`,
    status: 400,
    code: 'request.invalid',
    says: /limit/,
  },
  {
    what: 'a parameter twice',
    path: `${runs}?limit=1&limit=2`,
    status: 400,
    code: 'request.invalid',
    says: /limit/,
  },
  {
    what: 'a position that is none',
    path: `${runs}?after=-1`,
    status: 400,
    code: 'request.invalid',
    says: /after/,
  },
  {
    what: 'a position beyond 64 bits',
    path: `${runs}?after=${'9'.repeat(20)}`,
    status: 400,
    code: 'request.invalid',
    says: /after/,
  },
  {
    what: 'an unknown type of break',
    path: `${runs}/x/breaks?type=odd`,
    status: 400,
    code: 'request.invalid',
    says: /type/,
  },
  { what: 'a path that cannot be decoded', path: `${runs}/%ff`, status: 400, code: 'request.invalid' },
];

const access: readonly Refused[] = [
  {
    what: 'no workspace',
    who: () => owner.in(undefined),
    status: 400,
    code: 'access.no-workspace',
    says: /X-Workspace/,
  },
  {
    what: 'an empty workspace',
    who: () => owner.in(''),
    status: 400,
    code: 'access.no-workspace',
    says: /X-Workspace/,
  },
  {
    what: 'an unknown workspace',
    who: () => owner.in('no-such-workspace'),
    status: 404,
    code: 'tenancy.unknown-workspace',
  },
  {
    what: 'a workspace id that is none',
    who: () => owner.in('A.b'),
    status: 404,
    code: 'tenancy.unknown-workspace',
  },
  {
    what: 'a workspace of somebody else',
    who: () => stranger.in(owner.workspace),
    status: 404,
    code: 'tenancy.unknown-workspace',
  },
  { what: 'no key', who: () => owner.as(undefined), status: 401, code: 'access.unauthenticated' },
  { what: 'an invented key', who: () => owner.as('let-me-in'), status: 401, code: 'access.unauthenticated' },
  {
    what: 'a key with another secret',
    who: () => owner.as(`${viewer.identity.key!.slice(0, -1)}-`),
    status: 401,
    code: 'access.unauthenticated',
  },
  { what: 'a revoked key', who: () => revoked, status: 401, code: 'access.unauthenticated' },
  {
    what: 'a role that is too weak',
    who: () => viewer,
    path: sources,
    ask: post(profile),
    status: 403,
    code: 'access.denied',
    says: /engineer/,
  },
  {
    what: 'keys issued by a role that is too weak',
    who: () => viewer,
    path: () => keysOf(owner),
    ask: post({ name: 'x', roles: ['viewer'] }),
    status: 403,
    code: 'access.denied',
  },
  {
    what: 'keys of somebody else’s workspace',
    who: () => stranger,
    path: () => keysOf(owner),
    status: 404,
    code: 'tenancy.unknown-workspace',
  },
  {
    what: 'a new workspace by a key of another one',
    who: () => stranger,
    path: '/v1/tenancy/workspaces',
    ask: post({ id: 'mine-too', name: 'x' }),
    status: 403,
    code: 'access.denied',
  },
  {
    what: 'a workspace id with a full stop',
    who: () => axion.root,
    path: '/v1/tenancy/workspaces',
    ask: post({ id: 'a.b', name: 'x' }),
    status: 400,
    code: 'request.invalid',
    says: /"field":"id"/,
  },
  {
    what: 'a key id in the body of its issue',
    who: () => owner,
    path: () => keysOf(owner),
    ask: post({ name: 'x', roles: ['viewer'], keyId: 'mine' }),
    status: 400,
    code: 'request.invalid',
    says: /"field":"keyId","reason":"is set by the platform"/,
  },
  {
    what: 'a secret’s hash in the body of its issue',
    who: () => owner,
    path: () => keysOf(owner),
    ask: post({ name: 'x', roles: ['viewer'], secretHash: 'mine' }),
    status: 400,
    code: 'request.invalid',
    says: /secretHash/,
  },
  {
    what: 'a role that there is not',
    who: () => owner,
    path: () => keysOf(owner),
    ask: post({ name: 'x', roles: ['king'] }),
    status: 400,
    code: 'request.invalid',
    says: /roles/,
  },
];

describeRefusals('A command with', sources, () => owner, commands);
describeRefusals('A query with', runs, () => owner, queries);
describeRefusals('A request with', runs, () => owner, access);

describe('Afterwards', () => {
  it('there are no runs', async () => {
    expect(await owner.every(runs, 10)).toEqual([]);
  });

  it('there is no source but the built-in one, and no workspace that was refused', async () => {
    const names = (await owner.every(sources, 10)).map(({ name }) => name);
    expect(names).toEqual(['axion-csv']);
    expect((await axion.root.get('/v1/tenancy/workspaces/mine-too')).status).toBe(404);
  });

  it('every link holds and every read model equals its replay', () => expectItHolds(axion));

  it('what is right is taken', async () => {
    expect((await owner.ask(sources, post(profile))).status).toBe(201);
  });
});
