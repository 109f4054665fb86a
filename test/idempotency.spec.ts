import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../domain/kernel/json.js';
import { axionCsv } from '../domain/reconciliation/contract.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient, type Reply } from './harness/http-client.js';
import { brokerProfile, internalCsv, truth, uploadId } from './harness/sample.js';

let axion: Axion;
let client: HttpClient;
let books: { internal: string[]; broker: string[] };

beforeAll(async () => {
  axion = await startAxion();
  client = await axion.newWorkspace();
  const file = internalCsv({});
  books = {
    internal: [await uploadId(client.upload({ side: 'internal', source: 'axion-csv' }, file))],
    broker: [await uploadId(client.upload({ side: 'broker', source: 'axion-csv' }, file))],
  };
}, 60_000);
afterAll(() => axion.close());

const runs = '/v1/reconciliation/runs';
const sources = '/v1/reconciliation/sources';
const keys = (): string => `/v1/tenancy/workspaces/${client.workspace}/keys`;
const withKey = (key: string): Record<string, string> => ({ 'idempotency-key': key });
const terms = () => ({ tradeDate: truth.tradeDate, ...books });
const internal = { side: 'internal', source: 'axion-csv' };

/** Types of the audited events of a stream, as they stand in the log. */
function eventsOf(stream: string): Promise<string[]> {
  return axion.stores(async ({ log }) => {
    const types: string[] = [];
    for await (const { type } of log.read(stream)) types.push(type);
    return types;
  });
}

interface Repeatable {
  readonly what: string;
  readonly send: (headers: Record<string, string>) => Promise<Reply>;
  readonly status: number;
  readonly first: string;
}

const repeatable: readonly Repeatable[] = [
  {
    what: 'a run',
    send: (headers) => client.post(runs, terms(), headers),
    status: 202,
    first: 'RunRequested',
  },
  {
    what: 'a source',
    send: (headers) => client.post(sources, { ...brokerProfile, name: 'repeated' }, headers),
    status: 201,
    first: 'SourceRegistered',
  },
  {
    what: 'a workspace',
    send: (headers) =>
      axion.root.post('/v1/tenancy/workspaces', { id: 'ws-0123456789ab', name: 'Repeated' }, headers),
    status: 201,
    first: 'WorkspaceCreated',
  },
  {
    what: 'an upload',
    send: (headers) => client.upload(internal, internalCsv({ trade_id: 'REPEATED' }), headers),
    status: 201,
    first: 'UploadRecorded',
  },
];

describe.each(repeatable)('$what under an Idempotency-Key', ({ send, status, first }) => {
  it('is answered alike, ids and all, and happens once', async () => {
    const key = randomUUID();
    const answers = [await send(withKey(key)), await send(withKey(key)), await send(withKey(key))];
    expect(answers.map((answer) => answer.status)).toEqual([status, status, status]);
    expect(answers[1]!.body).toEqual(answers[0]!.body);
    expect(answers[2]!.body).toEqual(answers[0]!.body);
    const types = await eventsOf(textAt(answers[0]!.body, 'stream'));
    expect(types.filter((type) => type === first)).toHaveLength(1);
  });

  it('is answered alike when it comes eight times at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 8 }, () => send(withKey(key))));
    for (const answer of answers) {
      expect(answer.status).toBe(status);
      expect(answer.body).toEqual(answers[0]!.body);
    }
    const types = await eventsOf(textAt(answers[0]!.body, 'stream'));
    expect(types.filter((type) => type === first)).toHaveLength(1);
  });
});

it('makes two runs under two keys', async () => {
  const one = await client.post(runs, terms(), withKey('one'));
  const other = await client.post(runs, terms(), withKey('other'));
  expect(textAt(one.body, 'runId')).not.toBe(textAt(other.body, 'runId'));
});

describe('The same key with another request', () => {
  const refused = { status: 422, code: 'idempotency.key-reused', says: /another request/ };

  it('is refused for another body', async () => {
    const key = randomUUID();
    expect((await client.post(runs, terms(), withKey(key))).status).toBe(202);
    expectProblem(await client.post(runs, { ...terms(), tradeDate: '2024-06-13' }, withKey(key)), refused);
    expectProblem(await client.post(runs, { ...terms(), tolerances: {} }, withKey(key)), refused);
    expect((await client.post(runs, terms(), withKey(key))).status).toBe(202);
  });

  it('is not another one when its fields stand in another order', async () => {
    const key = randomUUID();
    const first = await client.post(runs, terms(), withKey(key));
    const turned = await client.post(
      runs,
      Object.fromEntries(Object.entries(terms()).reverse()),
      withKey(key),
    );
    expect(turned.body).toEqual(first.body);
  });

  it('is refused for another aggregate, whose command it would have been', async () => {
    const key = randomUUID();
    expect((await client.post(sources, { ...brokerProfile, name: 'first' }, withKey(key))).status).toBe(201);
    expectProblem(await client.post(sources, { ...brokerProfile, name: 'second' }, withKey(key)), refused);
    expect((await client.get(`${sources}/second`)).status).toBe(404);
  });

  it('is refused for another path parameter', async () => {
    const [one, other] = [await axion.newKey(client, 'viewer'), await axion.newKey(client, 'viewer')];
    const key = randomUUID();
    expect((await client.delete(`${keys()}/${one.keyId}`, withKey(key))).status).toBe(200);
    expectProblem(await client.delete(`${keys()}/${other.keyId}`, withKey(key)), refused);
    expect((await other.get(runs)).status).toBe(200);
  });

  it('is refused for another workspace', async () => {
    const key = randomUUID();
    const body = { ...brokerProfile, name: 'everywhere' };
    expect((await client.post(sources, body, withKey(key))).status).toBe(201);
    expectProblem(await (await axion.newWorkspace()).post(sources, body, withKey(key)), refused);
  });

  it('is refused for another file, and for another side', async () => {
    const key = randomUUID();
    const file = internalCsv({ trade_id: 'FILE' });
    const first = await client.upload(internal, file, withKey(key));
    expect(first.status).toBe(201);
    const otherFile = internalCsv({ trade_id: 'OTHER FILE' });
    expectProblem(await client.upload(internal, otherFile, withKey(key)), refused);
    expectProblem(await client.upload({ ...internal, side: 'broker' }, file, withKey(key)), refused);
    const listed = await client.every('/v1/reconciliation/uploads', 100);
    expect(listed.filter(({ sha256 }) => sha256 === first.body['sha256'])).toHaveLength(1);
  });

  it('is the first upload again, though its source is read by another profile now', async () => {
    const file = internalCsv({});
    const ours = { ...(JSON.parse(JSON.stringify(axionCsv)) as JsonObject), name: 'changing' };
    await client.post(sources, ours);
    const upload = () => client.upload({ side: 'internal', source: 'changing' }, file, withKey('same-file'));
    const first = await upload();
    await client.post(sources, { ...ours, symbols: { OTHER: 'AAPL' } });
    const again = await upload();
    expect(first.status).toBe(201);
    expect(again.body).toEqual(first.body);
  });

  it('has one winner when both come at once', async () => {
    const key = randomUUID();
    const dates = ['2024-06-12', '2024-06-13', '2024-06-14', '2024-06-15'];
    const answers = await Promise.all(
      dates.map((tradeDate) => client.post(runs, { ...terms(), tradeDate }, withKey(key))),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([202, 422, 422, 422]);
  });

  it('is another key when somebody else sends it', async () => {
    const key = randomUUID();
    const analyst = await axion.newKey(client, 'analyst');
    const mine = await client.post(runs, terms(), withKey(key));
    const theirs = await analyst.post(runs, { ...terms(), tradeDate: '2024-06-13' }, withKey(key));
    expect([mine.status, theirs.status]).toEqual([202, 202]);
  });
});

describe('A refusal under a key', () => {
  it('stays the same when it is repeated', async () => {
    const other = await axion.newWorkspace();
    const key = randomUUID();
    const body = { ...terms(), tolerances: { seconds: -1 } };
    const first = await client.post(runs, body, withKey(key));
    expectProblem(first, { status: 422, code: 'reconciliation.bad-tolerances', says: /seconds/ });
    const again = await client.post(runs, body, withKey(key));
    expect([again.status, again.body]).toEqual([first.status, first.body]);
    const taken = { id: other.workspace, name: 'Another name' };
    const conflict = await axion.root.post('/v1/tenancy/workspaces', taken, withKey(key));
    expectProblem(conflict, { status: 409, code: 'tenancy.workspace-exists' });
    const repeated = await axion.root.post('/v1/tenancy/workspaces', taken, withKey(key));
    expect([repeated.status, repeated.body]).toEqual([conflict.status, conflict.body]);
  });
});

describe('A key issued under an Idempotency-Key', () => {
  it('is shown the first time only, and there is one of it', async () => {
    const key = randomUUID();
    const body = { name: 'once', roles: ['viewer'] };
    const first = await client.post(keys(), body, withKey(key));
    const second = await client.post(keys(), body, withKey(key));
    expect([first.status, second.status]).toEqual([201, 201]);
    const { key: shown, ...rest } = first.body;
    expect(second.body).toEqual(rest);
    expect((await client.as(typeof shown === 'string' ? shown : undefined).get(runs)).status).toBe(200);
    const listed = await client.every(keys(), 100);
    expect(listed.filter(({ name }) => name === 'once')).toHaveLength(1);
  });

  it('is shown to one of eight that ask at once', async () => {
    const key = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        client.post(keys(), { name: 'eight', roles: ['viewer'] }, withKey(key)),
      ),
    );
    const shown = answers.flatMap(({ body }) => (typeof body['key'] === 'string' ? [body['key']] : []));
    expect(shown).toHaveLength(1);
    expect(new Set(answers.map(({ body }) => body['keyId'])).size).toBe(1);
    expect((await client.as(shown[0]).get(runs)).status).toBe(200);
  });
});

it('every link holds and every read model equals its replay', () => expectItHolds(axion));
