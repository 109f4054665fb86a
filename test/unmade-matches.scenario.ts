import type { JsonObject } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import {
  breakIn,
  breakOf,
  breaksPath,
  breaksWhere,
  bulkOf,
  issuedReport,
  runOver,
  uploaded,
  type TradeRow,
} from './harness/breaks.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, textsAt, type HttpClient, type Reply } from './harness/http-client.js';
import { completedRun, type Side } from './harness/sample.js';
import { setClock } from './harness/settlements.js';

const runsPath = '/v1/reconciliation/runs';
const days = ['2024-06-12', '2024-06-13', '2024-06-14'] as const;
const terms = { carryForward: { days: 5 }, tolerances: { seconds: 120 } };
const slow = 120_000;

let axion: Axion;
let ann: HttpClient;
/** Runs and breaks by names of this story. */
const runs: Record<string, string> = {};
const breaks: Record<string, string> = {};

const trade = (day: number, id: string, time: string, fields: TradeRow = {}): TradeRow => ({
  trade_id: id,
  account: 'FUND',
  trade_time: `${days[day]!}T${time}Z`,
  settlement_date: days[2],
  ...fields,
});

async function compare(
  name: string,
  day: number,
  books: Readonly<Record<Side, readonly TradeRow[]>>,
): Promise<JsonObject> {
  const internal = [await uploaded(ann, 'internal', ...books.internal)];
  const broker = [await uploaded(ann, 'broker', ...books.broker)];
  const run = await runOver(ann, days[day]!, { internal, broker }, terms);
  runs[name] = textAt(run, 'runId');
  return run;
}

const unmatch = (name: string, body: JsonObject, headers?: Record<string, string>): Promise<Reply> =>
  ann.post(`${runsPath}/${runs[name]!}/unmatch`, body, headers);

const matchesOf = (name: string, query = ''): Promise<JsonObject[]> =>
  ann.every(`${runsPath}/${runs[name]!}/matches${query}`, 100);

async function numberOf(name: string, id: string): Promise<number> {
  const found = (await matchesOf(name)).find((one) => textsAt(one, 'internal').includes(id));
  return Number(found?.['match']);
}

/** The one break that a run has of a record. */
async function breakFor(name: string, id: string): Promise<string> {
  const found = await breaksWhere(ann, `run=${runs[name]!}`);
  const named = found.filter((one) => [...textsAt(one, 'internal'), ...textsAt(one, 'broker')].includes(id));
  expect(named).toHaveLength(1);
  return textAt(named[0]!, 'breakId');
}

beforeAll(async () => {
  axion = await startAxion({ clock: 'manual' });
  await setClock(axion.root, `${days[0]}T21:00:00.000Z`);
  ann = await axion.newWorkspace();
}, slow);
afterAll(() => axion.close());

describe('a run that pairs the wrong records', () => {
  it('numbers its matches, whatever a list shows of them', async () => {
    const agreed = trade(0, 'A1', '15:00:00', { account: 'OTHER' });
    const run = await compare('monday', 0, {
      internal: [trade(0, 'T1', '14:00:00'), agreed],
      broker: [trade(0, 'X1', '14:00:30'), trade(0, 'X2', '14:10:00'), agreed],
    });
    expect(run['counts']).toMatchObject({
      matched: { exact: 1, tolerance: 1 },
      breaks: { missingInternal: 1, missingAtBroker: 0 },
    });
    expect((await matchesOf('monday')).map((one) => one['match'])).toEqual([0, 1]);
    expect(await matchesOf('monday', '?type=tolerance')).toMatchObject([{ match: 1, internal: ['T1'] }]);
  });

  it('is told which match is meant', async () => {
    const reason = 'two trades';
    for (const body of [
      { reason },
      { reason, match: 1, matchId: 'm1' },
      { reason, match: null },
      { match: 1 },
    ])
      expectProblem(await unmatch('monday', body), { status: 400, code: 'request.invalid' });
    expectProblem(await unmatch('monday', { match: 2, reason }), {
      status: 404,
      code: 'reconciliation.unknown-match',
    });
    const viewer = await axion.newKey(ann, 'viewer');
    const refused = await viewer.post(`${runsPath}/${runs['monday']!}/unmatch`, { match: 1, reason });
    expectProblem(refused, { status: 403, code: 'access.denied' });
  });

  it('has breaks of the records whose match is unmade, once, and counts as it did', async () => {
    const asked = { match: 1, reason: 'X1 is another trade' };
    const done = await unmatch('monday', asked, { 'idempotency-key': 'one' });
    expect({ status: done.status, text: done.text }).toMatchObject({ status: 200 });
    const again = await unmatch('monday', asked, { 'idempotency-key': 'two' });
    expect(again.body).toMatchObject({ revision: textAt(done.body, 'revision') });
    breaks['T1'] = await breakFor('monday', 'T1');
    breaks['X1'] = await breakFor('monday', 'X1');
    breaks['X2'] = await breakFor('monday', 'X2');
    expect([breaks['X2'], breaks['T1'], breaks['X1']]).toEqual(
      [0, 1, 2].map((ordinal) => `${runs['monday']!}.0000000${ordinal}`),
    );
    expect(await breakOf(ann, breaks['T1'])).toMatchObject({
      type: 'missingAtBroker',
      state: 'open',
      tradeDate: days[0],
      explanation: 'match 1 of this run (nearest) was unmade by hand: the run says by whom, and why',
    });
    expect((await ann.get(`${runsPath}/${runs['monday']!}`)).body).toMatchObject({
      counts: { matched: { exact: 1, tolerance: 1 }, breaks: { missingInternal: 1, missingAtBroker: 0 } },
      unmadeMatches: [{ ...asked, internal: ['T1'], broker: ['X1'], breaks: [breaks['T1'], breaks['X1']] }],
    });
    const { body } = await ann.get(`${breaksPath}/trends?from=${days[0]}&to=${days[0]}`);
    expect(body).toMatchObject({
      days: [{ types: { missingInternal: { opened: 2 }, missingAtBroker: { opened: 1 } } }],
    });
  });

  it('has records then that a person matches with others', async () => {
    const match = { internal: ['T1'], broker: ['X2'], reason: 'they told us' };
    const { status, text } = await ann.post(`${runsPath}/${runs['monday']!}/manual-matches`, match);
    expect({ status, text }).toMatchObject({ status: 201 });
    for (const id of ['T1', 'X2'])
      expect(await breakIn(ann, breaks[id]!, 'cleared')).toMatchObject({ cleared: { how: 'hand' } });
    const { content } = await issuedReport(ann, { kind: 'daily', from: days[0], to: days[0] });
    expect(content).toMatchObject({
      matches: { tolerance: 1 },
      breaks: { all: { count: 3 }, byState: { open: { count: 1 }, cleared: { count: 2 } } },
      runs: [{ unmadeMatches: [{ match: 1 }] }],
      open: [{ breakId: breaks['X1'], broker: ['X1'] }],
    });
  });
});

describe('a record of a match that was unmade', () => {
  it('comes of age', async () => {
    await setClock(axion.root, `${days[1]}T21:00:01.000Z`);
    await bulkOf(ann, `${runs['monday']!}.unmade-1.aged-1`);
    expect(await breakOf(ann, breaks['X1']!)).toMatchObject({ severity: 'medium', escalatedAfterDays: 1 });
  });

  it('is carried to the next day, and matched there', async () => {
    const run = await compare('tuesday', 1, {
      internal: [trade(0, 'T2', '14:00:40')],
      broker: [trade(1, 'A2', '15:00:00', { account: 'OTHER' })],
    });
    expect(run['counts']).toMatchObject({
      matched: { tolerance: 1 },
      carried: { internal: 0, broker: 1, cleared: 1 },
    });
    expect(await breakIn(ann, breaks['X1']!, 'cleared')).toMatchObject({
      cleared: { byRun: runs['tuesday'], how: 'match' },
    });
  });

  it('has its break of the earlier day again when that match is unmade too', async () => {
    const number = await numberOf('tuesday', 'T2');
    expect((await unmatch('tuesday', { match: number, reason: 'nor is it T2' })).status).toBe(200);
    expect(await breakIn(ann, breaks['X1']!, 'open')).toMatchObject({ reason: 'nor is it T2' });
    breaks['T2'] = await breakFor('tuesday', 'T2');
    expect((await ann.get(`${runsPath}/${runs['tuesday']!}`)).body).toMatchObject({
      unmadeMatches: [{ breaks: [breaks['T2']], restored: [breaks['X1']] }],
    });
  });

  it('is not paired with the same one again by a later run, but with the right one', async () => {
    const other = (id: string): TradeRow => trade(2, id, '15:00:00', { account: `FUND-${id}` });
    // T2 is nearer to X1, from which it is kept apart.
    const run = await compare('wednesday', 2, {
      internal: [other('S1'), other('S2')],
      broker: [other('S1'), other('S2'), trade(0, 'X3', '14:02:00')],
    });
    expect(run['counts']).toMatchObject({
      matched: { exact: 2, tolerance: 1 },
      breaks: { missingAtBroker: 0, missingInternal: 0 },
      carried: { internal: 1, broker: 2, cleared: 1 },
    });
    expect(await matchesOf('wednesday', '?type=tolerance')).toMatchObject([
      { internal: ['T2'], broker: ['X3'] },
    ]);
    expect(await breakIn(ann, breaks['T2']!, 'cleared')).toMatchObject({
      cleared: { byRun: runs['wednesday'], how: 'match', match: await numberOf('wednesday', 'T2') },
    });
    expect(await breakOf(ann, breaks['X1']!)).toMatchObject({ state: 'open' });
  });
});

describe('a run that goes on from one with an unmade match', () => {
  it('keeps its records apart, pairs them with new ones, and knows their breaks', async () => {
    const number = await numberOf('wednesday', 'S1');
    expect((await unmatch('wednesday', { match: number, reason: 'a wrong id' })).status).toBe(200);
    const before = await breaksWhere(ann, `run=${runs['wednesday']!}&account=FUND-S1`);
    const [ours, theirs] = before.map((one) => textAt(one, 'breakId'));
    const further = await uploaded(ann, 'broker', trade(2, 'S9', '15:00:05', { account: 'FUND-S1' }));
    const { body } = await ann.post(`${runsPath}/${runs['wednesday']!}/continue`, { broker: [further] });
    runs['evening'] = textAt(body, 'runId');
    const run = await completedRun(ann, runs['evening']);
    expect(run['counts']).toMatchObject({
      matched: { exact: 1, tolerance: 2 },
      breaks: { missingAtBroker: 0, missingInternal: 0 },
      known: 1,
    });
    expect(await breakIn(ann, ours!, 'cleared')).toMatchObject({
      cleared: { byRun: runs['evening'], how: 'match' },
    });
    expect(await breakOf(ann, theirs!)).toMatchObject({ state: 'open' });
    const compared = await ann.get(`${runsPath}/${runs['wednesday']!}/compare/${runs['evening']}`);
    expect(compared.body).toMatchObject({
      onlyInFirst: [{ internal: ['S1'] }],
      onlyInSecond: [],
      inBoth: [{ broker: ['S1'] }],
    });
  });

  it('is where its matches are unmade from then on', async () => {
    const asked = { match: await numberOf('wednesday', 'S2'), reason: 'too late' };
    expectProblem(await unmatch('wednesday', asked), { status: 409, code: 'reconciliation.run-continued' });
    const number = await numberOf('evening', 'S1');
    expect((await unmatch('evening', { match: number, reason: 'S9 neither' })).status).toBe(200);
    // Its break of the morning is open again, and its partner has one of its own.
    const { body } = await ann.get(`${runsPath}/${runs['evening']!}`);
    const [unmade] = body['unmadeMatches'] as JsonObject[];
    const [restored] = textsAt(unmade!, 'restored');
    expect(restored?.startsWith(runs['wednesday']!)).toBe(true);
    expect(await breakIn(ann, restored!, 'open')).toMatchObject({ internal: ['S1'] });
    expect(await breaksWhere(ann, `run=${runs['evening']!}`)).toMatchObject([{ broker: ['S9'] }]);
  });
});

it(
  'every link of the log holds, and every read model is what a replay makes of it',
  () => expectItHolds(axion),
  slow,
);
