import { parse } from 'csv-parse/sync';
import type { JsonObject } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, textsAt, type HttpClient } from './harness/http-client.js';
import {
  brokerProfile,
  completedRun,
  files,
  inHalves,
  internalCsv,
  requestRun,
  shuffled,
  sides,
  sourceOf,
  trueCounts,
  truth,
  uploadId,
  type Side,
} from './harness/sample.js';
import { matching } from './harness/matchers.js';

let axion: Axion;
beforeAll(async () => (axion = await startAxion()), 60_000);
afterAll(() => axion.close());

type Upload = readonly [side: Side, file: string];

async function reconciled(uploads: readonly Upload[]): Promise<{ client: HttpClient; runId: string }> {
  const client = await axion.newWorkspace();
  expect((await client.post('/v1/reconciliation/sources', brokerProfile)).status).toBe(201);
  const ids: Record<Side, string[]> = { internal: [], broker: [] };
  for (const [side, file] of uploads)
    ids[side].push(await uploadId(client.upload({ side, source: sourceOf[side] }, file)));
  const runId = await requestRun(client, ids);
  await completedRun(client, runId);
  return { client, runId };
}

const matchesNamed = { tolerance: 'tolerance', group: 'group' };
const breaksNamed = {
  price_break: 'price',
  quantity_break: 'quantity',
  side_break: 'side',
  settlement_date_break: 'settlementDate',
  currency_break: 'currency',
  missing_at_broker: 'missingAtBroker',
  missing_internal: 'missingInternal',
  duplicate_at_broker: 'duplicate',
};

const named = (items: readonly JsonObject[]): string[] =>
  items
    .map((item) =>
      (textsAt(item, 'internal').length > 0 ? textsAt(item, 'internal') : textsAt(item, 'broker')).join(),
    )
    .sort();

const [firstInternal, secondInternal] = inHalves(files.internal);
const [firstBroker, secondBroker] = inHalves(files.broker);

describe.each<[string, readonly Upload[]]>([
  [
    'as it came',
    [
      ['internal', files.internal],
      ['broker', files.broker],
    ],
  ],
  [
    'with the broker first and its rows in another order',
    [
      ['broker', shuffled(files.broker, 7)],
      ['internal', shuffled(files.internal, 11)],
    ],
  ],
  [
    'in two files a side',
    [
      ['internal', firstInternal],
      ['broker', secondBroker],
      ['internal', secondInternal],
      ['broker', firstBroker],
    ],
  ],
])('the sample %s', (_how, uploads) => {
  let client: HttpClient;
  let run: string;
  let matches: JsonObject[];
  let breaks: JsonObject[];
  beforeAll(async () => {
    const { client: itsClient, runId } = await reconciled(uploads);
    client = itsClient;
    run = `/v1/reconciliation/runs/${runId}`;
    matches = await client.every(`${run}/matches`, 700);
    breaks = await client.every(`${run}/breaks`, 7);
  }, 60_000);

  it('has every count of its truth', async () => {
    const { body } = await client.get(run);
    expect(body).toMatchObject({ status: 'completed', tradeDate: truth.tradeDate });
    expect(body['counts']).toEqual(trueCounts());
  });

  it.each(Object.entries(matchesNamed))('has every id of its truth for %s matches', async (name, type) => {
    const found = await client.every(`${run}/matches?type=${type}`, 9);
    expect(named(found)).toEqual([...truth.ids[name]!].sort());
    expect(named(matches.filter((match) => match['type'] === type))).toEqual(named(found));
  });

  it.each(Object.entries(breaksNamed))('has every id of its truth for %s', async (name, type) => {
    const found = await client.every(`${run}/breaks?type=${type}`, 2);
    expect(named(found)).toEqual([...truth.ids[name]!].sort());
    expect(named(breaks.filter((one) => one['type'] === type))).toEqual(named(found));
  });

  it('has every accepted record in exactly one match or break', async () => {
    const accepted: Record<Side, string[]> = { internal: [], broker: [] };
    const uploaded = await client.every('/v1/reconciliation/uploads', 2);
    for (const [side, file] of uploads) {
      const rows = file.trimEnd().split('\n').slice(1);
      const sameRows = uploaded.filter((upload) => upload['rows'] === rows.length && upload['side'] === side);
      const id = sameRows.length === 1 ? textAt(sameRows[0]!, 'uploadId') : undefined;
      const bad = /,-5,|,1e400,|;Z;/;
      const kept = rows.filter((row) => !bad.test(row));
      if (id !== undefined) {
        const rejects = await client.every(`/v1/reconciliation/uploads/${id}/rejects`, 1);
        const lines = new Set(rejects.map(({ line }) => Number(line)));
        expect(rows.filter((_row, at) => lines.has(at + 2))).toEqual(rows.filter((row) => bad.test(row)));
      }
      accepted[side].push(...kept.map((row) => row.split(/[,;]/)[0]!));
    }
    for (const side of sides) {
      const found = [...matches, ...breaks].flatMap((item) => textsAt(item, side));
      expect(found.sort()).toEqual(accepted[side].sort());
    }
  });

  it('says of every match and break how it came to be', () => {
    for (const { confidence, explanation, strategy } of matches) {
      expect(confidence).toBeGreaterThan(0);
      expect(confidence).toBeLessThanOrEqual(1);
      expect(explanation).toEqual(matching(/./));
      expect(strategy).toEqual(matching(/./));
    }
    for (const { explanation } of breaks) expect(explanation).toEqual(matching(/./));
  });

  it('has a report with all of it, as JSON and as CSV', async () => {
    const { body } = await client.get(`${run}/report?format=json`);
    expect(body['counts']).toEqual(trueCounts());
    expect(body['breaks']).toEqual(breaks);
    expect(body['matchRate']).toBeGreaterThan(0.98);
    const csv = await client.get(`${run}/report?format=csv`);
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    const rows: Record<string, string>[] = parse(csv.text, { columns: true });
    expect(rows.map(({ breakId, type }) => ({ breakId, type }))).toEqual(
      breaks.map(({ breakId, type }) => ({ breakId, type })),
    );
    expect(rows.map(({ internal }) => internal)).toEqual(
      breaks.map((one) => textsAt(one, 'internal').join(' ')),
    );
  });
});

describe('an upload', () => {
  let client: HttpClient;
  beforeAll(async () => (client = await axion.newWorkspace()));
  const internal = { side: 'internal', source: 'axion-csv' };

  it.each([
    ['abc', /is not a number/],
    ['-5', /greater than zero/],
    ['1e400', /exponent/],
    ['9'.repeat(40), /40 integer digits/],
  ])('rejects a quantity of %s with line, field and reason', async (quantity, reason) => {
    const file = internalCsv({ trade_id: 'good' }, { trade_id: 'bad', quantity }, { trade_id: 'good too' });
    const { status, body } = await client.upload(internal, file);
    expect(status).toBe(201);
    expect(body).toMatchObject({ rows: 3, accepted: 2, rejected: 1 });
    const rejects = await client.get(`/v1/reconciliation/uploads/${textAt(body, 'uploadId')}/rejects`);
    expect(rejects.body).toEqual({
      items: [{ line: 3, field: 'quantity', reason: matching(reason) }],
    });
  });

  it('is the same one when the same file comes again, whoever sends it', async () => {
    const file = internalCsv({ trade_id: 'once' });
    const first = await client.upload(internal, file);
    const again = await client.upload(internal, file);
    expect([first.status, again.status]).toEqual([201, 201]);
    expect(again.body).toEqual(first.body);
    const listed = await client.every('/v1/reconciliation/uploads', 1);
    expect(listed.filter(({ sha256 }) => sha256 === first.body['sha256'])).toHaveLength(1);
  });

  it('may end its lines in more than one way', async () => {
    const lines = internalCsv({ trade_id: 'A' }, { trade_id: 'B' }, { trade_id: 'C' }).split('\n');
    const { body } = await client.upload(internal, `${lines[0]}\r\n${lines[1]}\n${lines[2]}\r\n${lines[3]}`);
    expect(body).toMatchObject({ rows: 3, accepted: 3, rejected: 0 });
  });

  it('is another one for another side', async () => {
    const file = internalCsv({ trade_id: 'both' });
    const one = await uploadId(client.upload(internal, file));
    expect(await uploadId(client.upload({ ...internal, side: 'broker' }, file))).not.toBe(one);
  });

  it('of a source of the other side is refused', async () => {
    await client.post('/v1/reconciliation/sources', brokerProfile);
    const reply = await client.upload({ side: 'internal', source: 'broker-csv' }, files.broker);
    expectProblem(reply, { status: 422, code: 'reconciliation.wrong-side', says: /broker/ });
  });

  it('cannot start a formula in a report', async () => {
    const ids = ['=1+1', '+1', '-1', '@SUM(A1)'];
    const book = await uploadId(
      client.upload(internal, internalCsv(...ids.map((trade_id) => ({ trade_id })))),
    );
    const other = await uploadId(
      client.upload({ ...internal, side: 'broker' }, internalCsv({ trade_id: 'OTHER', symbol: 'MSFT' })),
    );
    const runId = await requestRun(client, { internal: [book], broker: [other] });
    await completedRun(client, runId);
    const { text } = await client.get(`/v1/reconciliation/runs/${runId}/report?format=csv`);
    const rows: Record<string, string>[] = parse(text, { columns: true });
    expect(rows.map(({ internal: cell }) => cell).sort()).toEqual(['', ...ids.map((id) => `'${id}`)].sort());
    for (const row of rows) for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[=+\-@\t\r]/);
  });
});

describe('a run', () => {
  let client: HttpClient;
  let book: string;
  let otherBook: string;
  beforeAll(async () => {
    client = await axion.newWorkspace();
    book = await uploadId(client.upload({ side: 'internal', source: 'axion-csv' }, internalCsv({})));
    otherBook = await uploadId(client.upload({ side: 'broker', source: 'axion-csv' }, internalCsv({})));
  });
  const ask = (fields: JsonObject) =>
    client.post('/v1/reconciliation/runs', {
      tradeDate: truth.tradeDate,
      internal: [book],
      broker: [otherBook],
      ...fields,
    });

  it('with more breaks than fit into one append is completed, and lists them all', async () => {
    const rows = Array.from({ length: 6000 }, (_none, index) => ({
      trade_id: `${'é'.repeat(90)}${index}`,
      quantity: String(index + 1),
    }));
    const internal = await uploadId(
      client.upload({ side: 'internal', source: 'axion-csv' }, internalCsv(...rows)),
    );
    const other = internalCsv({ trade_id: 'UNRELATED', account: 'FUND-9', symbol: 'PFE' });
    const broker = await uploadId(client.upload({ side: 'broker', source: 'axion-csv' }, other));
    const runId = await requestRun(client, { internal: [internal], broker: [broker] });
    const { counts } = await completedRun(client, runId);
    expect(counts).toMatchObject({ breaks: { missingAtBroker: 6000, missingInternal: 1 } });
    expect(await client.every(`/v1/reconciliation/runs/${runId}/breaks`, 1000)).toHaveLength(6001);
  }, 60_000);

  it('on a date without records is completed with zeros', async () => {
    const runId = await requestRun(
      client,
      { internal: [book], broker: [otherBook] },
      { tradeDate: '2024-06-11' },
    );
    const { counts } = await completedRun(client, runId);
    const zeros = (group: object): JsonObject =>
      Object.fromEntries(Object.keys(group).map((name) => [name, 0]));
    const { matched, breaks } = trueCounts();
    expect(counts).toEqual({
      internal: 0,
      broker: 0,
      otherDates: { internal: 1, broker: 1 },
      matched: zeros(matched as object),
      breaks: zeros(breaks as object),
    });
  });

  it.each<[string, (books: { book: string; otherBook: string }) => JsonObject, number, string, RegExp]>([
    [
      'an upload of the other side',
      ({ otherBook: wrong }) => ({ internal: [wrong] }),
      422,
      'reconciliation.wrong-side',
      /broker side/,
    ],
    [
      'an unknown upload',
      () => ({ broker: ['0'.repeat(32)] }),
      404,
      'reconciliation.unknown-upload',
      /0{32}/,
    ],
    ['an upload id that is none', () => ({ broker: ['no such id'] }), 400, 'kernel.bad-stream-name', /id/],
    [
      'the same upload twice',
      ({ book: twice }) => ({ internal: [twice, twice] }),
      400,
      'request.invalid',
      /internal/,
    ],
    ['no uploads', () => ({ broker: [] }), 400, 'request.invalid', /broker/],
    [
      'a negative tolerance',
      () => ({ tolerances: { seconds: -1 } }),
      422,
      'reconciliation.bad-tolerances',
      /seconds/,
    ],
    [
      'a tolerance that is no number',
      () => ({ tolerances: { priceBps: 'much' } }),
      422,
      'reconciliation.bad-tolerances',
      /priceBps/,
    ],
    [
      'a tolerance of another type',
      () => ({ tolerances: { priceBps: [1] } }),
      400,
      'request.invalid',
      /tolerances\.priceBps/,
    ],
    [
      'an unknown tolerance',
      () => ({ tolerances: { colour: 1 } }),
      400,
      'request.invalid',
      /tolerances\.colour/,
    ],
    ['tolerances that are a text', () => ({ tolerances: 'none' }), 400, 'request.invalid', /tolerances/],
    ['a day that does not exist', () => ({ tradeDate: '2024-02-30' }), 400, 'request.invalid', /tradeDate/],
    ['an id of its own', () => ({ runId: 'mine' }), 400, 'request.invalid', /runId/],
  ])('with %s is refused', async (_what, fields, status, code, says) => {
    expectProblem(await ask(fields({ book, otherBook })), { status, code, says });
  });

  it('that is unknown is not found, nor are its results', async () => {
    for (const path of ['', '/matches', '/breaks', '/report'])
      expectProblem(await client.get(`/v1/reconciliation/runs/none${path}`), {
        status: 404,
        code: 'runs.unknown',
      });
  });
});

it('every link holds and every read model equals its replay', () => expectItHolds(axion), 60_000);
