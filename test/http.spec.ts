import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { objectsDirectoryOf } from '../apps/config/data-directories.js';
import { isJsonObject, type JsonObject, type JsonValue } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { call, entriesOf, listOf, operationsOf, type Operation } from './harness/openapi.js';
import { beginUpload } from './harness/raw-http.js';
import { brokerProfile, internalCsv } from './harness/sample.js';
import { until } from './harness/until.js';
import { anything, matching } from './harness/matchers.js';

let axion: Axion;
let client: HttpClient;
let document: JsonObject;
let operations: readonly Operation[];

beforeAll(async () => {
  axion = await startAxion();
  client = await axion.newWorkspace();
  await until('it is ready', async () => (await axion.root.get('/health/ready')).status === 200 || undefined);
  document = (await axion.root.as(undefined).get('/openapi.json')).body;
  operations = operationsOf(document);
}, 60_000);
afterAll(() => axion.close());

const sources = '/v1/reconciliation/sources';

describe('The OpenAPI document', () => {
  it('is of version 3.1 and says what it is of', () => {
    expect(document).toMatchObject({
      openapi: matching(/^3\.1\.\d+$/),
      info: { title: 'Axion', version: matching(/^\d+\.\d+\.\d+$/) },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    });
    expect(operations.length).toBeGreaterThanOrEqual(19);
  });

  it('describes every operation: a summary, an id of its own, and what it answers', () => {
    expect(new Set(operations.map(({ described }) => described['operationId'])).size).toBe(operations.length);
    for (const { described } of operations) {
      expect(described).toMatchObject({ summary: matching(/\w/), responses: { default: {} } });
      const answers = entriesOf(described['responses']);
      expect(answers.filter(([status]) => /^2\d\d$/.test(status))).toHaveLength(1);
      for (const [, answer] of answers)
        expect(answer).toMatchObject({
          description: matching(/\w/),
          content: anything,
        });
    }
  });

  it('declares every parameter that stands in a path, and no other', () => {
    for (const { path, described } of operations) {
      const declared = listOf(described['parameters']).filter((parameter) => parameter['in'] === 'path');
      const standing = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(declared.map(({ name }) => name)).toEqual(standing);
      for (const parameter of declared) expect(parameter).toMatchObject({ required: true, schema: {} });
    }
  });

  it('refers to nothing that is not in it', () => {
    const references = (value: JsonValue): string[] =>
      Array.isArray(value)
        ? value.flatMap(references)
        : entriesOf(value).flatMap(([name, member]) =>
            name === '$ref' && typeof member === 'string' ? [member] : references(member),
          );
    const all = references(document);
    expect(all.length).toBeGreaterThan(operations.length);
    for (const reference of new Set(all)) {
      const target = reference
        .slice(2)
        .split('/')
        .reduce<JsonValue | undefined>((at, name) => (isJsonObject(at) ? at[name] : undefined), document);
      expect({ reference, found: target !== undefined }).toEqual({ reference, found: true });
    }
  });

  it('names routes that all answer', async () => {
    for (const operation of operations) {
      const { status, body } = await call(client, operation, {
        ids: { workspaceId: client.workspace },
        asks: {},
      });
      expect({ name: operation.name, status, code: body['code'] }).not.toMatchObject({
        code: matching(/^request\.unknown-(address|method)$|^platform/),
      });
      expect({ name: operation.name, status: Math.min(status, 500) }).not.toMatchObject({ status: 500 });
    }
  });

  it('lists every route that there is', async () => {
    for (const path of ['/v1', '/v1/reconciliation', '/v1/tenancy', '/v1/tenancy/keys'])
      expectProblem(await client.get(path), { status: 404, code: 'request.unknown-address' });
  });
});

describe('Without a key', () => {
  it.each([
    ['/health/live', { live: true }],
    ['/health/ready', { ready: true, reasons: [], warnings: [] }],
  ])('%s says that all is well', async (path, body) => {
    const anybody = axion.root.as(undefined);
    await until(`${path} is well`, async () => (await anybody.get(path)).status === 200 || undefined);
    expect((await anybody.get(path)).body).toEqual(body);
  });

  it('/metrics counts what was asked, by route and not by id', async () => {
    await client.get(`${sources}/one-of-a-kind`);
    const { status, headers, text } = await axion.root.as(undefined).get('/metrics');
    expect([status, headers.get('content-type')]).toEqual([200, matching(/^text\/plain/)]);
    expect(text).toContain('/v1/reconciliation/sources/:name');
    expect(text).not.toContain('one-of-a-kind');
  });

  it('/docs is a page', async () => {
    const { status, headers, text } = await axion.root.as(undefined).get('/docs');
    expect([status, headers.get('content-type')]).toEqual([200, matching(/^text\/html/)]);
    expect(text).toContain('swagger-ui');
  });
});

describe('The correlation id', () => {
  it('of the client comes back, and stands in the event', async () => {
    const reply = await client.post(
      sources,
      { ...brokerProfile, name: 'correlated' },
      { 'x-correlation-id': 'my-own' },
    );
    expect(reply.headers.get('x-correlation-id')).toBe('my-own');
    const found = await axion.stores(async ({ log }) => {
      for await (const { metadata } of log.read(textAt(reply.body, 'stream')))
        return JSON.stringify(metadata);
      return '';
    });
    expect(found).toContain('"my-own"');
  });

  it.each([['none'], ['x'.repeat(200)], ['with a space']])(
    'is made where a client sends %j',
    async (sent) => {
      const headers: Record<string, string> = sent === 'none' ? {} : { 'x-correlation-id': sent };
      const reply = await client.ask(sources, { headers });
      expect(reply.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  it('stands in refusals too', async () => {
    const reply = await client.as(undefined).ask(sources, { headers: { 'x-correlation-id': 'refused' } });
    expect([reply.status, reply.headers.get('x-correlation-id')]).toEqual([401, 'refused']);
  });
});

describe('A list', () => {
  const names = ['a', 'axion-csv', 'b', 'c', 'd'];
  beforeAll(async () => {
    client = await axion.newWorkspace();
    for (const name of names.filter((one) => one !== 'axion-csv'))
      await client.post(sources, { ...brokerProfile, name });
  });

  it.each([1, 2, 4, 5, 6, 1000])('pages of %i bring everything once, in order', async (limit) => {
    expect((await client.every(sources, limit)).map(({ name }) => name)).toEqual(names);
  });

  it('ends without a cursor', async () => {
    const { body } = await client.get(`${sources}?limit=5`);
    expect(body['next'] ?? null).toBeNull();
  });

  it.each(['nonsense', '%00', '%F0%9F%92%A9', '0', '{}', '-1', '9'.repeat(400)])(
    'refuses the cursor %s',
    async (cursor) => {
      expectProblem(await client.get(`${sources}?cursor=${cursor}`), {
        status: 400,
        code: 'request.bad-cursor',
      });
    },
  );
});

describe('A query after a position', () => {
  it('shows what the command that stood there wrote', async () => {
    for (let version = 1; version <= 5; version++) {
      const { body } = await client.post(sources, {
        ...brokerProfile,
        name: 'mine',
        timeZone: `Etc/GMT+${version}`,
      });
      const read = await client.get(`${sources}/mine?after=${textAt(body, 'position')}`);
      expect(read.body).toMatchObject({ version });
    }
  });

  it('that is not there yet is told how far it is', async () => {
    const reply = await client.get(`${sources}?after=${'9'.repeat(18)}`);
    expectProblem(reply, { status: 503, code: 'read-model.behind' });
    expect(reply.body).toMatchObject({ after: '9'.repeat(18), applied: matching(/^\d+$/) });
    expect(reply.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

describe('What there is not', () => {
  it.each([
    ['GET', '/nothing', 404, 'request.unknown-address'],
    ['GET', '/v1/reconciliation/nothing', 404, 'request.unknown-address'],
    ['POST', '/health/live', 404, 'request.unknown-address'],
    ['PUT', '/v1/reconciliation/sources', 404, 'request.unknown-address'],
    ['PATCH', '/v1/reconciliation/runs/x', 404, 'request.unknown-address'],
    ['DELETE', '/v1/reconciliation/runs', 404, 'request.unknown-address'],
    ['GET', `/v1/reconciliation/runs/${'x'.repeat(5000)}`, 414, 'request.address-too-long'],
  ])('%s %.40s is a problem document', async (method, path, status, code) => {
    expectProblem(await client.ask(path, { method }), { status, code });
  });

  it('HEAD answers as GET does, without a body', async () => {
    expect(await client.ask('/health/live', { method: 'HEAD' })).toMatchObject({ status: 200, text: '' });
    expect(await client.ask('/nothing', { method: 'HEAD' })).toMatchObject({ status: 404, text: '' });
    const refused = await client.as(undefined).ask(sources, { method: 'HEAD' });
    expect(refused).toMatchObject({ status: 401, text: '' });
  });
});

it('Every answer forbids what a browser might make of it', async () => {
  const { headers } = await client.get(sources);
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('content-security-policy')).toMatch(/^default-src '(none|self)'/);
});

it('every link holds and every read model equals its replay', () => expectItHolds(axion));

describe('A graceful stop', () => {
  it('ends what is under way, takes nothing new, and loses nothing', async () => {
    const other = await startAxion();
    try {
      const within = await other.newWorkspace();
      const [header = '', row = ''] = internalCsv({}).split('\n');
      const upload = await beginUpload(within, 'side=internal&source=axion-csv', `${header}\n`);
      const temporary = join(objectsDirectoryOf(other.configuration), 'temporary');
      await until('the upload is being stored', () => readdirSync(temporary).length > 0 || undefined);
      const { hostname, port } = new URL(other.root.url);
      let stopped = false;
      const stop = other.stop().then(() => (stopped = true));
      await until('no connection is taken any more', async () => {
        const socket = connect({ host: hostname, port: Number(port) });
        const taken = await Promise.race([
          once(socket, 'connect').then(() => true),
          once(socket, 'error').then(() => false),
        ]).catch(() => false);
        socket.destroy();
        return taken ? undefined : true;
      });
      expect(stopped).toBe(false);
      upload.write(`${row}\n`);
      const answer = await upload.end();
      // It need not wait for who keeps connections.
      expect(answer).toMatchObject({ status: 201, connection: 'close', text: matching(/"accepted":1/) });
      await stop;
      await expectItHolds(other);
    } finally {
      await other.close();
    }
  }, 60_000);
});
