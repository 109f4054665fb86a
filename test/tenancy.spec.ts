import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { roles } from '../domain/tenancy/contract.js';
import { allows } from '../domain/tenancy/roles.js';
import { parseStreamName } from '../domain/kernel/names.js';
import type { JsonObject } from '../domain/kernel/json.js';
import type { EventProof } from '../infra/audit/proofs/event-proof.js';
import { sizeOfNote } from '../infra/audit/publishing/checkpoint-file.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { call, listOf, operationsOf, type Operation, type Samples } from './harness/openapi.js';
import {
  brokerProfile,
  completedRun,
  files,
  internalCsv,
  requestRun,
  truth,
  uploadId,
} from './harness/sample.js';
import { until } from './harness/until.js';
import { containing, matching } from './harness/matchers.js';

let axion: Axion;
let owner: HttpClient;
let stranger: HttpClient;
let operations: readonly Operation[];
let samples: Samples;
let originPath: string;
/** Whatever is named so belongs to the owner's workspace alone. */
const mark = `mark${randomBytes(8).toString('hex')}`;
const issued: string[] = [];

beforeAll(async () => {
  axion = await startAxion();
  operations = operationsOf((await axion.root.get('/openapi.json')).body);
  owner = await axion.newWorkspace();
  stranger = await axion.newKey(await axion.newWorkspace(), 'owner');
  samples = { ids: await furnish(owner), asks: asksOf(owner) };
}, 60_000);
afterAll(() => axion.close());

/** One of everything there is in a workspace. */
async function furnish(client: HttpClient): Promise<Record<string, string>> {
  const name = `${mark}-source`;
  await client.post('/v1/reconciliation/sources', { ...brokerProfile, name });
  const file = internalCsv({ trade_id: mark });
  const more = internalCsv({ trade_id: mark }, { trade_id: `${mark}-2`, account: 'FUND-2' });
  const book = await uploadId(client.upload({ side: 'internal', source: 'axion-csv' }, more));
  const token = `${mark}-token`;
  const other = await uploadId(
    client.upload({ side: 'broker', source: 'axion-csv' }, file, { 'x-progress-token': token }),
  );
  const runId = await requestRun(client, { internal: [book], broker: [other] }, { settle: true });
  await completedRun(client, runId);
  const settlementId = await until('its settlement is opened', async () => {
    const { body } = await client.get(`/v1/reconciliation/settlements?run=${runId}`);
    const [settlement] = listOf(body['items']);
    return settlement && textAt(settlement, 'settlementId');
  });
  const { body } = await client.post(`/v1/tenancy/workspaces/${client.workspace}/keys`, {
    name: `${mark}-key`,
    roles: ['viewer'],
  });
  issued.push(textAt(body, 'key'));
  const desk = await furnishDesk(client, name);
  const audit = await furnishTrail(client);
  return {
    ...audit,
    ...desk,
    breakId: `${runId}.00000000`,
    workspaceId: client.workspace,
    name,
    uploadId: book,
    token,
    runId,
    original: runId,
    continues: runId,
    otherId: runId,
    settlementId,
    saga: 'settlement',
    instance: settlementId,
    keyId: textAt(body, 'keyId'),
  };
}

const rule = {
  types: ['fees'],
  currency: 'USD',
  differenceUpTo: 1,
  resolution: 'acceptInternal',
  reason: 'small',
};

/** What a desk has made for itself: under the name of its source, where it may choose one. */
async function furnishDesk(client: HttpClient, name: string): Promise<Record<string, string>> {
  const instrumentId = `${mark}-instrument`;
  await client.post('/v1/reconciliation/instruments', { instruments: [{ instrumentId, ticker: mark }] });
  await client.post('/v1/reconciliation/tolerance-sets', { name, tolerances: { priceBps: 1 } });
  const proposed = await client.post('/v1/reconciliation/resolution-rules', { name, rule });
  if (proposed.status !== 201) throw new Error(proposed.text);
  const bulk = await client.post('/v1/reconciliation/breaks/bulk', {
    filter: { type: 'price' },
    action: { kind: 'comment', text: mark },
  });
  const report = await client.post('/v1/reconciliation/reports', {
    kind: 'daily',
    from: truth.tradeDate,
    to: truth.tradeDate,
  });
  const [bulkId, reportId] = [textAt(bulk.body, 'bulkId'), textAt(report.body, 'reportId')];
  await until('the bulk has come to its end', async () => {
    const { body } = await client.get(`/v1/reconciliation/breaks/bulk/${bulkId}`);
    return body['status'] === 'completed' || undefined;
  });
  await until('the report is issued', async () => {
    const { body } = await client.get(`/v1/reconciliation/reports/${reportId}`);
    return body['status'] === 'issued' || undefined;
  });
  return { instrumentId, bulkId, reportId };
}

/** A proof, a tile and an export, once the first events are sealed. */
async function furnishTrail(client: HttpClient): Promise<Record<string, string>> {
  const eventId = await until('the trail is whole', async () => {
    const { body } = await client.get('/v1/audit/events?limit=1');
    const [first] = listOf(body['items']);
    return first && textAt(first, 'id');
  });
  const { head, checkpoint } = await until('its first event is sealed', async () => {
    const { status, text } = await client.get(`/v1/audit/events/${eventId}/proof`);
    return status === 200 ? (JSON.parse(text) as EventProof) : undefined;
  });
  const accepted = await client.post('/v1/audit/exports', {});
  const exportId = textAt(accepted.body, 'exportId');
  await until('its export is completed', async () => {
    const found = await client.get(`/v1/audit/exports/${exportId}`);
    return found.body['status'] === 'completed' || undefined;
  });
  originPath = `entries/000.p/${sizeOfNote(checkpoint)}`;
  return { eventId, exportId, path: `entries/000.p/${head.entry.size}` };
}

/** A tile of the origin's log belongs to nobody. */
const ofOrigin = 'GET /v1/audit/tile/{path}';
const ofOwnLog = 'GET /v1/audit/log/tile/{path}';

function samplesOf({ name }: Operation): Samples {
  return name === ofOrigin ? { ...samples, ids: { ...samples.ids, path: originPath } } : samples;
}

/** Requests that would be carried out, were they allowed. */
function asksOf(client: HttpClient): Samples['asks'] {
  return {
    'Tenancy.create': { json: { id: `ws-${randomBytes(6).toString('hex')}`, name: 'Mine' } },
    'Tenancy.issueKey': { json: { name: 'mine', roles: ['viewer'] } },
    'AuditStates.read': { query: `?stream=workspace-${client.workspace}.${client.workspace}` },
    'Clock.set': { json: { to: '2024-06-12T20:00:00Z' } },
    'Sources.register': { json: { ...brokerProfile, name: 'mine' } },
    'Sources.try': {
      raw: files.broker.split('\n').slice(0, 3).join('\n'),
      headers: { 'content-type': 'text/csv' },
    },
    'Breaks.trends': { query: '?from=2024-06-01&to=2024-06-30' },
    'Instruments.putFile': {
      raw: 'instrumentId,ticker\nmine,MINE\n',
      headers: { 'content-type': 'text/csv' },
    },
    'Uploads.upload': {
      query: '?side=internal&source=axion-csv',
      raw: internalCsv({ trade_id: 'MINE', account: client.workspace }),
      headers: { 'content-type': 'text/csv' },
    },
  };
}

const guarded = (): readonly Operation[] => operations.filter(({ role }) => role !== undefined);
const confined = (): readonly Operation[] => guarded().filter(({ workspace }) => workspace !== 'system');

/** Seals come of themselves, and what was refused is written down; nothing else happens where nobody may do anything. */
const ownDoings: ReadonlySet<string> = new Set(['seal', 'access']);

function happened(): Promise<readonly string[]> {
  return axion.stores(async ({ log }) => {
    const events: string[] = [];
    for await (const { stream, type } of log.readAll())
      if (!ownDoings.has(parseStreamName(stream)?.category ?? '')) events.push(`${type} in ${stream}`);
    return events;
  });
}

describe('Every route of the OpenAPI document', () => {
  it('needs a role, but for those that tell nothing about anybody', () => {
    const open = operations.filter(({ role }) => role === undefined).map(({ name }) => name);
    expect(open.sort()).toEqual(['GET /health/live', 'GET /health/ready', 'GET /metrics']);
    for (const { role } of guarded()) expect(roles).toContain(role);
  });

  it.each([
    ['no key', () => owner.as(undefined)],
    ['an invented key', () => owner.as(`axk_${owner.workspace}_${'0'.repeat(36)}_${'A'.repeat(43)}`)],
    ['the key of another platform', () => owner.as(randomBytes(32).toString('hex'))],
  ])('answers 401 to %s, and nothing happens', async (_what, who) => {
    const before = await happened();
    for (const operation of guarded())
      expectProblem(await call(who(), operation, samplesOf(operation)), {
        status: 401,
        code: 'access.unauthenticated',
      });
    expect(await happened()).toEqual(before);
  });

  it('answers 404 to the owner of another workspace, 403 where it belongs to the platform, and nothing happens', async () => {
    const before = await happened();
    for (const operation of guarded()) {
      const reply = await call(stranger.in(owner.workspace), operation, samplesOf(operation));
      expectProblem(
        reply,
        operation.workspace === 'system'
          ? { status: 403, code: 'access.denied' }
          : { status: 404, code: 'tenancy.unknown-workspace' },
      );
      expect(reply.text).not.toContain(mark);
    }
    expect(await happened()).toEqual(before);
  });

  it('finds nothing of another workspace, whoever asks in their own', async () => {
    for (const operation of confined().filter(({ method }) => method === 'GET')) {
      const { ids, asks } = samplesOf(operation);
      const sought = { ids: { ...ids, workspaceId: stranger.workspace }, asks };
      const reply = await call(stranger, operation, sought);
      const ask = asks[textAt(operation.described, 'operationId')];
      const named =
        operation.name !== ofOrigin &&
        (operation.path.replace('{workspaceId}', '').includes('{') ||
          ask?.query?.includes(owner.workspace) === true);
      // A path names a place in one's own log, and may be the same place in two.
      if (operation.name === ofOwnLog) {
        expect(reply.text).not.toContain(mark);
        continue;
      }
      if (!named) expect(reply.text).not.toContain(mark);
      expect({ name: operation.name, status: reply.status }).toEqual({
        name: operation.name,
        status: named ? 404 : 200,
      });
    }
  });

  it.each(roles)('answers a %s of its workspace as its role says', async (role) => {
    const client = await axion.newKey(owner, role);
    for (const operation of confined().filter(({ method }) => method !== 'DELETE')) {
      const { status } = await call(client, operation, samplesOf(operation));
      const may = roles.some((needed) => needed === operation.role && allows([role], needed));
      const allowed =
        operation.method === 'GET' ? status === 200 : [200, 201, 202, 400, 409].includes(status);
      expect({ name: operation.name, status, as: may ? allowed : status === 403 }).toEqual({
        name: operation.name,
        status,
        as: true,
      });
    }
  });

  it.each(roles.filter((role) => !allows([role], 'admin')))('lets a %s revoke nothing', async (role) => {
    const client = await axion.newKey(owner, role);
    const denied = roles.filter((needed) => !allows([role], needed));
    for (const operation of confined().filter(
      ({ method, role: needed }) => method === 'DELETE' && denied.some((one) => one === needed),
    ))
      expectProblem(await call(client, operation, samples), { status: 403, code: 'access.denied' });
  });
});

describe('Another workspace', () => {
  it('cannot use an upload, a source or a key of the owner’s', async () => {
    const { uploadId: book, name, keyId } = samples.ids;
    const terms = { tradeDate: truth.tradeDate, internal: [book!], broker: [book!] };
    expectProblem(await stranger.post('/v1/reconciliation/runs', terms), {
      status: 404,
      code: 'reconciliation.unknown-upload',
    });
    expectProblem(await stranger.upload({ side: 'broker', source: name! }, internalCsv({})), {
      status: 404,
      code: 'reconciliation.unknown-source',
    });
    expectProblem(await stranger.delete(`/v1/tenancy/workspaces/${stranger.workspace}/keys/${keyId}`), {
      status: 404,
      code: 'tenancy.unknown-key',
    });
    expect((await owner.as(issued[0]).get('/v1/reconciliation/runs')).status).toBe(200);
  });

  it('cannot page on with a cursor of the owner’s', async () => {
    const { body } = await owner.get('/v1/reconciliation/uploads?limit=1');
    const cursor = encodeURIComponent(textAt(body, 'next'));
    const { text } = await stranger.get(`/v1/reconciliation/uploads?limit=1&cursor=${cursor}`);
    expect(text).not.toContain(samples.ids['uploadId']);
  });
});

describe('A key', () => {
  const keys = (client: HttpClient): string => `/v1/tenancy/workspaces/${client.workspace}/keys`;

  it('gives no role above that of whoever issues it', async () => {
    const admin = await axion.newKey(owner, 'admin');
    expectProblem(await admin.post(keys(owner), { name: 'x', roles: ['viewer', 'owner'] }), {
      status: 403,
      code: 'tenancy.role-beyond-own',
    });
    expect((await admin.post(keys(owner), { name: 'x', roles: ['admin'] })).status).toBe(201);
  });

  it('is listed with its name and never with its secret or its hash', async () => {
    const listed = await owner.every(keys(owner), 2);
    expect(listed).toContainEqual(containing({ name: `${mark}-key`, roles: ['viewer'] }));
    const text = JSON.stringify(listed);
    expect(text).not.toContain(secretOf(issued[0]!));
    expect(text).not.toMatch(/secret|hash/i);
  });

  it('is worth nothing from the moment it is revoked, and is listed as such', async () => {
    const client = await axion.newKey(owner, 'viewer');
    expect((await client.get('/v1/reconciliation/runs')).status).toBe(200);
    const revoked = await owner.delete(`${keys(owner)}/${client.keyId}`);
    expect(revoked.status).toBe(200);
    expectProblem(await client.get('/v1/reconciliation/runs'), {
      status: 401,
      code: 'access.unauthenticated',
    });
    const after = textAt(revoked.body, 'position');
    const { body } = await owner.get(`${keys(owner)}?limit=1000&after=${after}`);
    expect(body['items']).toContainEqual(containing({ keyId: client.keyId, revokedAt: matching(/Z$/) }));
    expect((await owner.delete(`${keys(owner)}/${client.keyId}`)).body).toEqual(revoked.body);
  });

  it('stands in the log as a hash, and its name only encrypted', async () => {
    const texts = await rawLog();
    const issues = texts.filter(
      (text) => text.includes(samples.ids['keyId']!) && text.includes('ApiKeyIssued'),
    );
    expect(issues).toHaveLength(1);
    expect(issues[0]).toMatch(/"secretHash":"[0-9a-f]{64}"/);
    for (const text of texts) {
      expect(text).not.toContain(secretOf(issued[0]!));
      expect(text).not.toContain(`${mark}-key`);
      expect(text).not.toContain(axion.bootstrapKey);
    }
  });

  it('stands among the read models without its secret, and its name only encrypted', async () => {
    const { body } = await owner.get(`${keys(owner)}?limit=1000`);
    expect(JSON.stringify(body)).toContain(`${mark}-key`);
    const text = await rawDatabase();
    expect(text).toContain(samples.ids['keyId']);
    expect(text).toContain(`${mark}-source`);
    expect(text).not.toContain(`${mark}-key`);
    expect(text).not.toContain(secretOf(issued[0]!));
  });
});

it('The metrics tell nothing of any workspace', async () => {
  const { text } = await axion.root.as(undefined).get('/metrics');
  expect(text).not.toContain(owner.workspace);
  expect(text).not.toContain(mark);
});

it('Every link holds and every read model equals its replay', () => expectItHolds(axion));

const secretOf = (key: string): string => key.slice(key.lastIndexOf('_') + 1);

/** Everything in the log as it is stored, one text an event. */
function rawLog(): Promise<string[]> {
  return axion.stores(async ({ log }) => {
    const texts: string[] = [];
    for await (const { stream, type, data, metadata } of log.readAll())
      texts.push(JSON.stringify({ stream, type, data, metadata }));
    return texts;
  });
}

/** Everything in the database as it is stored. */
async function rawDatabase(): Promise<string> {
  const client = new MongoClient(axion.urls.mongoUrl);
  const database = client.db(axion.configuration.mongoDatabase);
  const read = async (): Promise<string | undefined> => {
    const documents: JsonObject[] = [];
    for (const { name } of await database.listCollections().toArray())
      documents.push(...(await database.collection<JsonObject>(name).find().toArray()));
    const text = JSON.stringify(documents, (_name, value: unknown) =>
      typeof value === 'bigint' ? value.toString() : value,
    );
    return text.includes(samples.ids['keyId']!) ? text : undefined;
  };
  try {
    return await until('the key is in the database', read);
  } finally {
    await client.close();
  }
}
