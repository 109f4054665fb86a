import { readFileSync } from 'node:fs';
import type { JsonObject } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, textsAt, type HttpClient, type Reply } from './harness/http-client.js';
import { beginUpload } from './harness/raw-http.js';
import { completedRun, internalCsv, uploadId } from './harness/sample.js';
import { until } from './harness/until.js';

let axion: Axion;
let desk: HttpClient;
beforeAll(async () => {
  axion = await startAxion();
  desk = await axion.newWorkspace();
}, 60_000);
afterAll(() => axion.close());

const sources = '/v1/reconciliation/sources';
const uploads = '/v1/reconciliation/uploads';
const runs = '/v1/reconciliation/runs';
const fileOf = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`data/fix/${name}`, import.meta.url)));
const asText = { 'content-type': 'text/plain' };

async function registered(profile: JsonObject): Promise<void> {
  const { status, text } = await desk.post(sources, profile);
  expect([status, text]).toEqual([201, expect.any(String)]);
}
const uploaded = (source: string, file: string | Uint8Array<ArrayBuffer>): Promise<Reply> =>
  desk.upload({ side: 'broker', source }, file, asText);
const tried = (source: string, file: string | Uint8Array<ArrayBuffer>, query = ''): Promise<Reply> =>
  desk.ask(`${sources}/${source}/try${query}`, { method: 'POST', raw: file, headers: asText });

describe('A FIX log', () => {
  const logs = [
    {
      file: '100FIX42.dat',
      profile: { name: 'fix42', format: 'fix' },
      constants: { currency: 'USD' },
      trades: 25,
      others: { D: 75 },
    },
    {
      file: 'trade-capture-session-fix44.txt',
      profile: { name: 'fix44', format: 'fix', delimiter: '|' },
      constants: { currency: 'USD', side: 'buy', account: 'FUND' },
      trades: 7,
      others: { '0': 1, '5': 2, A: 2, AD: 1, AQ: 2 },
    },
  ];

  it.each(logs)('$file has its $trades trades once its profile fills in what it lacks', async (log) => {
    const { file, profile, constants, trades, others } = log;
    await registered(profile);
    const without = await uploaded(profile.name, fileOf(file));
    expect(without.body).toMatchObject({ rows: trades, accepted: 0, rejected: trades });
    const rejects = await desk.every(`${uploads}/${textAt(without.body, 'uploadId')}/rejects`, 100);
    expect(rejects).toHaveLength(trades);
    for (const { field, reason } of rejects) {
      expect(Object.keys(constants)).toContain(field);
      expect(reason).toMatch(/^is missing: the message has no /);
    }

    await registered({ ...profile, constants });
    const first = await tried(profile.name, fileOf(file), '?limit=2');
    expect(first.status).toBe(200);
    expect(first.body).toMatchObject({ version: 2, accepted: trades, rejected: 0 });
    expect(first.body['rows']).toHaveLength(2);
    const older = await tried(profile.name, fileOf(file), '?limit=1&version=1');
    expect(older.body).toMatchObject({ version: 1, accepted: 0, rejected: trades, rows: [{ reject: {} }] });

    const full = await uploaded(profile.name, fileOf(file));
    expect(full.body).toMatchObject({ rows: trades, accepted: trades, rejected: 0 });
    const shown = await desk.get(`${uploads}/${textAt(full.body, 'uploadId')}`);
    const named = shown.body['otherMessages'] as readonly { type: string; name: string; count: number }[];
    expect(Object.fromEntries(named.map(({ type, count }) => [type, count]))).toEqual(others);
    for (const { name } of named) expect(name).toMatch(/^[A-Z]/);
  });

  it('takes part in a run', async () => {
    const items = await desk.every(uploads, 10);
    const broker = items.find(({ source, accepted }) => source === 'fix42' && accepted === 25)!;
    const internal = await uploadId(
      desk.upload(
        { side: 'internal', source: 'axion-csv' },
        internalCsv({ trade_id: 'T1', trade_time: '2015-04-06T12:17:27Z' }),
      ),
    );
    const { body } = await desk.post(runs, {
      tradeDate: '2015-04-06',
      internal: [internal],
      broker: [textAt(broker, 'uploadId')],
    });
    const run = await completedRun(desk, textAt(body, 'runId'));
    expect(run['counts']).toMatchObject({ internal: 1, broker: 25 });
  });
});

describe('A profile', () => {
  it('is tried on a sample, which says of each row what it would be', async () => {
    const bad = internalCsv({}, { trade_id: 'T2', quantity: 'many' });
    const { status, body } = await tried('axion-csv', bad);
    expect(status).toBe(200);
    expect(body).toEqual({
      name: 'axion-csv',
      version: 1,
      accepted: 1,
      rejected: 1,
      rows: [
        {
          line: 2,
          record: {
            tradeId: 'T1',
            account: 'FUND-1',
            symbol: 'AAPL',
            side: 'buy',
            quantity: '100',
            price: '189.5',
            currency: 'USD',
            tradeDate: '2024-06-12',
            tradeTime: '2024-06-12T14:00:00.000Z',
            settlementDate: '2024-06-13',
            counterparty: 'JPMS',
            fees: '1.5',
          },
        },
        { line: 3, reject: { field: 'quantity', reason: '"many" is not a number' } },
      ],
      otherMessages: [],
    });
  });

  it('is tried without a trace', async () => {
    const before = await desk.every(uploads, 100);
    await tried('axion-csv', internalCsv({ trade_id: 'TRIED' }));
    expect(await desk.every(uploads, 100)).toEqual(before);
  });

  it.each([
    ['another file', 'axion-csv', 'a;b\n1;2\n', '', 422, 'reconciliation.unreadable-upload'],
    ['a sample that is too large', 'axion-csv', 'x'.repeat(1024 * 1024 + 1), '', 413, 'request.too-large'],
    ['an unknown source', 'nobody', 'x', '', 404, 'reconciliation.unknown-source'],
    ['an unknown version', 'axion-csv', 'x', '?version=7', 404, 'reconciliation.unknown-source-version'],
    ['no version', 'axion-csv', 'x', '?version=0', 400, 'request.invalid'],
    ['too many rows', 'axion-csv', 'x', '?limit=1000', 400, 'request.invalid'],
  ])('is not tried on %s', async (_what, source, file, query, status, code) =>
    expectProblem(await tried(source, file, query), { status, code }),
  );

  it('shows its versions', async () => {
    const { body } = await desk.get(`${sources}/fix42`);
    expect(body).toMatchObject({ version: 2, versions: [{ version: 1 }, { version: 2 }] });
  });
});

describe('An NDJSON file', () => {
  it('is uploaded, and says of its bad lines what is wrong', async () => {
    await registered({
      name: 'nd',
      format: 'ndjson',
      columns: {
        tradeId: 'id',
        account: 'acct',
        symbol: 'sym',
        side: 'bs',
        quantity: 'fill.qty',
        price: 'fill.px',
        currency: 'ccy',
        tradeTime: 'at',
      },
    });
    const trade = { id: 'N1', acct: 'F', sym: 'IBM', bs: 'buy', fill: { qty: 5, px: 1.5 }, ccy: 'USD' };
    const lines = [{ ...trade, at: '2024-06-12T14:00:00Z' }, trade].map((line) => JSON.stringify(line));
    const reply = await desk.upload({ side: 'broker', source: 'nd' }, lines.join('\n'), {
      'content-type': 'application/x-ndjson',
    });
    expect(reply.body).toMatchObject({ rows: 2, accepted: 1, rejected: 1 });
    const rejects = await desk.every(`${uploads}/${textAt(reply.body, 'uploadId')}/rejects`, 10);
    expect(rejects).toEqual([{ line: 2, field: 'tradeTime', reason: 'is missing: the object has no "at"' }]);
  });
});

describe('An upload that was wrong', () => {
  const csv = (...ids: readonly string[]): string => internalCsv(...ids.map((trade_id) => ({ trade_id })));
  const taken = (side: 'internal' | 'broker', file: string): Promise<string> =>
    uploadId(desk.upload({ side, source: 'axion-csv' }, file));
  const requested = async (internal: string, broker: string): Promise<string> =>
    textAt((await desk.post(runs, request(internal, broker))).body, 'runId');
  const request = (internal: string, broker: string): JsonObject => ({
    tradeDate: '2024-06-12',
    internal: [internal],
    broker: [broker],
  });
  const stale = (runId: string): Promise<JsonObject> =>
    until('the run is stale', async () => {
      const { body } = await desk.get(`${runs}/${runId}`);
      return body['stale'] === undefined ? undefined : body;
    });
  const reason = 'the file of the day before';
  let ours: string;
  let wrong: string;
  let right: string;
  let runId: string;
  beforeAll(async () => {
    ours = await taken('internal', csv('A', 'B'));
    wrong = await taken('broker', csv('A'));
    right = await taken('broker', csv('A', 'B'));
    runId = await requested(ours, wrong);
    await completedRun(desk, runId);
  });

  it('is superseded by the corrected one, and the run that has used it says so', async () => {
    const { status } = await desk.post(`${uploads}/${wrong}/supersede`, { by: right, reason });
    expect(status).toBe(201);
    expect((await desk.get(`${uploads}/${wrong}`)).body).toMatchObject({
      state: 'superseded',
      withdrawal: { by: right, reason },
    });
    expect((await stale(runId))['stale']).toMatchObject({ uploadId: wrong, reason, supersededBy: right });
    expect((await desk.get(`${runs}/${runId}/report`)).body).toMatchObject({ stale: { uploadId: wrong } });
  });

  it('is in no new run', async () =>
    expectProblem(await desk.post(runs, request(ours, wrong)), {
      status: 409,
      code: 'reconciliation.upload-superseded',
      says: new RegExp(right),
    }));

  it('is run again with the corrected one in its place', async () => {
    const { status, body } = await desk.post(`${runs}/${runId}/again`, {});
    expect(status).toBe(202);
    const next = await completedRun(desk, textAt(body, 'runId'));
    expect(next).toMatchObject({ again: runId, counts: { broker: 2, matched: { exact: 2 } } });
    expect(textsAt(next, 'broker')).toEqual([right]);
    expectProblem(await desk.post(`${runs}/${textAt(next, 'runId')}/again`, {}), {
      status: 409,
      code: 'reconciliation.nothing-changed',
    });
    expectProblem(await desk.post(`${runs}/nowhere/again`, {}), {
      status: 404,
      code: 'reconciliation.unknown-run',
    });
  });

  it('does not come back by being sent again, but by being reinstated', async () => {
    const again = await desk.upload({ side: 'broker', source: 'axion-csv' }, csv('A'));
    expectProblem(again, { status: 409, code: 'reconciliation.upload-superseded' });
    expect((await desk.post(`${uploads}/${wrong}/reinstate`, { reason: 'it was right' })).status).toBe(201);
    expect(await taken('broker', csv('A'))).toBe(wrong);
    await completedRun(desk, await requested(ours, wrong));
  });

  it('withdrawn while a run is requested makes that run stale too, whichever came first', async () => {
    const requests = await Promise.all(
      Array.from({ length: 8 }, async (_none, index) => {
        const file = await taken('broker', csv('A', `R${index}`));
        const [asked] = await Promise.all([
          desk.post(runs, request(ours, file)),
          desk.post(`${uploads}/${file}/withdraw`, { reason }),
        ]);
        return { file, asked };
      }),
    );
    for (const { file, asked } of requests)
      if (asked.status === 202)
        expect((await stale(textAt(asked.body, 'runId')))['stale']).toMatchObject({ uploadId: file, reason });
      else expectProblem(asked, { status: 409, code: 'reconciliation.upload-withdrawn' });
  });

  it('is withdrawn for a reason, by somebody who may', async () => {
    const viewer = await axion.newKey(desk, 'viewer');
    const path = `${uploads}/${right}/withdraw`;
    expectProblem(await viewer.post(path, { reason }), { status: 403, code: 'access.denied' });
    expectProblem(await desk.post(path, {}), { status: 400, code: 'request.invalid' });
    expectProblem(await desk.post(path, { reason: ' ' }), { status: 400, code: 'request.invalid' });
    expectProblem(await desk.post(`${uploads}/nowhere/withdraw`, { reason }), {
      status: 404,
      code: 'reconciliation.unknown-upload',
    });
    expectProblem(await desk.post(`${uploads}/${right}/supersede`, { by: ours, reason }), {
      status: 422,
      code: 'reconciliation.wrong-side',
    });
  });

  it('leaves every link and every read model as it should be', () => expectItHolds(axion));
});

describe('Progress', () => {
  /** The lines of a stream of events, once it has ended. */
  const heard = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Reply> =>
    desk.ask(path, { headers: { accept: 'text/event-stream', ...headers } });
  const eventsIn = ({ text }: Reply): JsonObject[] =>
    [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data!) as JsonObject);
  const csv = internalCsv({ trade_id: 'P' });

  it('of a run is told step by step until its end, and goes on where a client was', async () => {
    const books = { internal: [] as string[], broker: [] as string[] };
    for (const side of ['internal', 'broker'] as const)
      books[side].push(await uploadId(desk.upload({ side, source: 'axion-csv' }, csv)));
    const { body } = await desk.post(runs, { tradeDate: '2024-06-12', ...books });
    const path = `${runs}/${textAt(body, 'runId')}/events`;
    const all = await heard(path);
    expect(all.headers.get('content-type')).toBe('text/event-stream');
    const steps = eventsIn(all).map(({ step }) => step);
    expect(steps.slice(0, 2)).toEqual(['accepted', 'running']);
    expect(steps.at(-1)).toBe('completed');
    const later = await heard(path, { 'last-event-id': '0' });
    expect(eventsIn(later).map(({ step }) => step)).toEqual(steps.slice(1));
    expect((await heard(path, { 'last-event-id': String(steps.length - 1) })).status).toBe(204);
    expectProblem(await heard(path, { 'last-event-id': 'x' }), { status: 400, code: 'request.bad-event-id' });
    expectProblem(await heard(`${runs}/nowhere/events`), { status: 404, code: 'runs.unknown' });
  });

  it('of an upload is told by the token that its sender chose', async () => {
    const listening = heard(`${uploads}/progress/my-token-1`);
    const file = internalCsv({ trade_id: 'P2' });
    const sent = await desk.upload({ side: 'broker', source: 'axion-csv' }, file, {
      'x-progress-token': 'my-token-1',
    });
    const told = eventsIn(await listening);
    expect(told.at(-1)).toEqual({
      stage: 'recorded',
      bytes: file.length,
      rows: 1,
      uploadId: textAt(sent.body, 'uploadId'),
    });
    const refused = await desk.upload({ side: 'broker', source: 'axion-csv' }, 'no;trades', {
      'x-progress-token': 'my-token-2',
    });
    expect(refused.status).toBe(422);
    expect(eventsIn(await heard(`${uploads}/progress/my-token-2`))).toMatchObject([
      { stage: 'refused', code: 'reconciliation.unreadable-upload' },
    ]);
    expectProblem(await heard(`${uploads}/progress/never-sent`), {
      status: 404,
      code: 'uploads.unknown-progress',
    });
    expectProblem(await heard(`${uploads}/progress/short`), {
      status: 400,
      code: 'request.bad-progress-token',
    });
  });

  it('ends when the platform does', async () => {
    const upload = await beginUpload(desk, 'side=broker&source=axion-csv', csv, {
      'x-progress-token': 'under-way',
    });
    const listening = heard(`${uploads}/progress/under-way`);
    await until('its bytes have come', async () => {
      const { body } = await desk.get('/health/live');
      return body['live'] === true || undefined;
    });
    const stopping = axion.stop();
    upload.abort();
    await stopping;
    expect((await listening).status).toBe(200);
  });
});
