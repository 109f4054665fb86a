import type { JsonObject } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import { breakIn, breakOf, breaksWhere, runOver, uploaded, workedOff } from './harness/breaks.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { containing, matching } from './harness/matchers.js';
import { until } from './harness/until.js';

const path = '/v1/reconciliation';
const tradeDate = '2024-06-12';
const slow = 120_000;

let axion: Axion;
/** Two people of one desk. */
let ann: HttpClient;
let bob: HttpClient;
let runId: string;

beforeAll(async () => {
  axion = await startAxion();
  ann = await axion.newWorkspace();
  bob = await axion.newKey(ann, 'analyst');
}, slow);
afterAll(() => axion.close());

describe('the cross-reference of a workspace', () => {
  it('is put as JSON and as CSV, and each change is a version', async () => {
    const instruments = [
      { instrumentId: 'apple', ticker: 'AAPL', isin: 'US0378331005', assetClass: 'equity' },
    ];
    expect((await ann.post(`${path}/instruments`, { instruments })).status).toBe(200);
    const csv = 'instrumentId,ticker,isin,cusip,assetClass\nmsft,MSFT,US5949181045,594918104,equity\n';
    const put = await ann.ask(`${path}/instruments`, {
      method: 'PUT',
      raw: csv,
      headers: { 'content-type': 'text/csv' },
    });
    expect({ status: put.status, body: put.body }).toMatchObject({ status: 200 });
    const listed = await until('the second one is listed', async () => {
      const { status, body } = await ann.get(`${path}/instruments/msft`);
      return status === 200 ? body : undefined;
    });
    expect(listed).toMatchObject({ cusip: '594918104', version: 2 });
    expect((await ann.get(`${path}/instruments?isin=US0378331005`)).text).toContain('"apple"');
  });

  it('refuses wrong check digits, identifiers of two, and files that are none', async () => {
    const wrong = [{ instrumentId: 'x', isin: 'US0378331006' }];
    expectProblem(await ann.post(`${path}/instruments`, { instruments: wrong }), {
      status: 422,
      code: 'reconciliation.bad-instruments',
      says: /wrong check digit: it would be 5/,
    });
    const taken = [{ instrumentId: 'x', ticker: 'AAPL' }];
    expectProblem(await ann.post(`${path}/instruments`, { instruments: taken }), {
      status: 409,
      code: 'reconciliation.identifier-taken',
    });
    for (const raw of ['', 'name,ticker\nx,X\n', 'instrumentId,ticker\n"x,X\n', 'instrumentId,ticker\n'])
      expectProblem(
        await ann.ask(`${path}/instruments`, { method: 'PUT', raw, headers: { 'content-type': 'text/csv' } }),
        { status: 400, code: 'request.invalid' },
      );
    expectProblem(await bob.post(`${path}/instruments`, { instruments: taken }), {
      status: 403,
      code: 'access.denied',
    });
  });
});

describe('a tolerance set', () => {
  const set: JsonObject = {
    name: 'desk',
    tolerances: { seconds: 60 },
    overrides: [{ assetClass: 'equity', tolerances: { priceBps: 1 } }],
  };

  it('counts once a second person approved it', async () => {
    expect((await ann.post(`${path}/tolerance-sets`, set)).status).toBe(201);
    expectProblem(await ann.post(`${path}/tolerance-sets/desk/approve`, { version: 1 }), {
      status: 403,
      code: 'reconciliation.second-person-needed',
    });
    expectProblem(
      await ann.post(`${path}/runs`, { tradeDate, internal: ['u'], broker: ['v'], toleranceSet: 'desk' }),
      { status: 404, code: 'reconciliation.unknown-upload' },
    );
    expect((await bob.post(`${path}/tolerance-sets/desk/approve`, { version: 1 })).status).toBe(200);
    expect((await ann.get(`${path}/tolerance-sets/desk`)).body).toMatchObject({
      current: 1,
      versions: [{ version: 1, state: 'approved', approvedBy: matching(/^key:/) }],
    });
  });
});

describe('a resolution rule', () => {
  it('waits for a second person too', async () => {
    const rule = {
      types: ['fees'],
      currency: 'USD',
      differenceUpTo: 1,
      resolution: 'acceptBroker',
      reason: 'fees under a dollar',
    };
    expect((await ann.post(`${path}/resolution-rules`, { name: 'small-fees', rule })).status).toBe(201);
    expectProblem(await ann.post(`${path}/resolution-rules/small-fees/approve`, { version: 1 }), {
      status: 403,
      code: 'reconciliation.second-person-needed',
    });
  });
});

describe('a run', () => {
  const ours = [
    { trade_id: 'A1', symbol: 'AAPL', price: '189.5' },
    { trade_id: 'F1', symbol: 'MSFT', account: 'FUND-F', fees: '1.5' },
    { trade_id: 'G1', symbol: 'MSFT', account: 'FUND-G', quantity: '300' },
    { trade_id: 'G2', symbol: 'MSFT', account: 'FUND-G', quantity: '200' },
    { trade_id: 'H1', symbol: 'IBM', account: 'FUND-H', quantity: '100' },
  ];
  const theirs = [
    { trade_id: 'B1', symbol: 'US0378331005', price: '189.51' },
    { trade_id: 'F1', symbol: '594918104', account: 'FUND-F', fees: '2.25' },
    { trade_id: 'K1', symbol: 'US5949181045', account: 'FUND-G', quantity: '250', fees: '1' },
    { trade_id: 'K2', symbol: 'US5949181045', account: 'FUND-G', quantity: '250', fees: '2' },
    { trade_id: 'J1', symbol: 'IBM.N', account: 'FUND-H', quantity: '99' },
  ];
  const startRun = async (): Promise<JsonObject> => {
    const internal = await uploaded(ann, 'internal', ...ours);
    const broker = await uploaded(ann, 'broker', ...theirs);
    const terms = { tolerances: undefined as never, toleranceSet: 'desk@1' };
    return runOver(ann, tradeDate, { internal: [internal], broker: [broker] }, terms);
  };

  it('says of every match and break which symbols, sums and tolerances it was judged by', async () => {
    const run = await startRun();
    runId = textAt(run, 'runId');
    expect(run).toMatchObject({
      toleranceSet: { name: 'desk', version: 1 },
      crossReferenceVersion: 2,
      counts: { matched: { exact: 0, tolerance: 1, group: 1 }, breaks: { fees: 1, missingAtBroker: 1 } },
    });
    const { text } = await ann.get(`${path}/runs/${runId}/matches`);
    expect(text).toContain('AAPL is US0378331005 by cross-reference version 2');
    expect(text).toContain('judged by tolerance set desk version 1, override for asset class equity');
    expect(text).toContain(
      ' at 189.5 = 500 against broker 250 at 189.5 + 250 at 189.5 = 500; quantity 500 against 500',
    );
    const breaks = await breaksWhere(ann, `run=${runId}`);
    expect(breaks).toHaveLength(3);
    for (const { explanation } of breaks)
      expect(explanation).toContain('judged by tolerance set desk version 1');
  });

  it('has breaks that a rule would resolve, which can be tried before it is approved', async () => {
    const tried = await bob.post(`${path}/resolution-rules/small-fees/try`, { runId });
    expect(tried.body).toMatchObject({
      breaks: 3,
      resolved: 1,
      closedAlready: 0,
      sample: [{ type: 'fees', differenceAmount: '0.75', state: 'open' }],
    });
    expect(await breaksWhere(ann, `run=${runId}&state=resolved`)).toEqual([]);
    expectProblem(await bob.post(`${path}/resolution-rules/large-fees/try`, { runId }), {
      status: 404,
      code: 'reconciliation.unknown-rule',
    });
  });

  it('has breaks whose history begins with all that it found, also where a bulk is the first to touch them', async () => {
    const filter = { run: runId, type: 'fees' };
    await workedOff(
      ann,
      ann.post(`${path}/breaks/bulk`, { filter, action: { kind: 'comment', text: 'looked at' } }),
    );
    const [fees] = await breaksWhere(ann, `run=${runId}&type=fees`);
    const { history } = await breakOf(ann, textAt(fees!, 'breakId'));
    expect(history).toMatchObject([
      { type: 'BreakOpened', data: { differenceAmount: '0.75', symbol: 'MSFT', account: 'FUND-F' } },
      { type: 'BreakCommented' },
    ]);
  });

  it('has records that a person matches by hand, and unmatches again', async () => {
    const asked = { internal: ['H1'], broker: ['J1'], reason: 'the same trade, they told us' };
    expectProblem(await bob.post(`${path}/runs/${runId}/manual-matches`, { ...asked, internal: ['A1'] }), {
      status: 409,
      code: 'reconciliation.record-not-open',
    });
    expectProblem(await bob.post(`${path}/runs/${runId}/manual-matches`, { ...asked, reason: ' ' }), {
      status: 400,
      code: 'request.invalid',
    });
    const { status, body } = await bob.post(`${path}/runs/${runId}/manual-matches`, asked);
    expect({ status, body }).toMatchObject({
      status: 201,
      body: {
        differences: ['symbol IBM against IBM.N', 'quantity 100 against 99: 1 (1.01 %) apart, 0 allowed'],
      },
    });
    const [ours, theirs] = await breaksWhere(ann, `run=${runId}&account=FUND-H`);
    for (const found of [ours!, theirs!])
      expect(await breakIn(ann, textAt(found, 'breakId'), 'cleared')).toMatchObject({
        cleared: { byRun: runId, how: 'hand', handMatch: textAt(body, 'matchId') },
      });
    expectProblem(await bob.post(`${path}/runs/${runId}/manual-matches`, asked), {
      status: 409,
      code: 'reconciliation.record-not-open',
    });
    const run = (await ann.get(`${path}/runs/${runId}`)).body;
    expect(run).toMatchObject({
      counts: { breaks: { missingAtBroker: 1, missingInternal: 1 } },
      handMatches: [containing({ internal: ['H1'], broker: ['J1'], reason: asked.reason })],
    });
    const undo = { matchId: textAt(body, 'matchId'), reason: 'it was another one' };
    expect((await ann.post(`${path}/runs/${runId}/unmatch`, undo)).status).toBe(200);
    for (const found of [ours!, theirs!]) await breakIn(ann, textAt(found, 'breakId'), 'open');
    expectProblem(await ann.post(`${path}/runs/${runId}/unmatch`, { ...undo, matchId: 'm9' }), {
      status: 404,
      code: 'reconciliation.unknown-match',
    });
  });

  it('has its breaks resolved by the rules that were approved before it', async () => {
    expect((await bob.post(`${path}/resolution-rules/small-fees/approve`, { version: 1 })).status).toBe(200);
    const again = await startRun();
    const [found] = await breaksWhere(ann, `run=${textAt(again, 'runId')}&type=fees`);
    expect(await breakIn(ann, textAt(found!, 'breakId'), 'resolved')).toMatchObject({
      resolution: 'acceptBroker',
      reason: 'fees under a dollar (rule small-fees version 1)',
    });
  });
});

it(
  'every link of the log holds, and every read model is what a replay makes of it',
  () => expectItHolds(axion),
  slow,
);
