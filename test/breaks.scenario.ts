import { isJsonObject, type JsonObject } from '../domain/kernel/json.js';
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
  workedOff,
} from './harness/breaks.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, type HttpClient } from './harness/http-client.js';
import { containing } from './harness/matchers.js';
import { metricsOf, sumOf } from './harness/metrics.js';
import { setClock } from './harness/settlements.js';

const tradeDate = '2024-06-12';
const evening = '2024-06-12T21:00:00.000Z';
const slow = 120_000;

let axion: Axion;
/** Two people of one desk. */
let ann: HttpClient;
let bob: HttpClient & { readonly keyId: string };
let runId: string;
/** By trade id. */
let ids: Record<string, string>;

const does = (who: HttpClient, id: string, what: string, body: JsonObject = {}) =>
  who.post(`${breaksPath}/${id}/${what}`, body);

beforeAll(async () => {
  axion = await startAxion({ clock: 'manual' });
  await setClock(axion.root, evening);
  ann = await axion.newWorkspace();
  bob = await axion.newKey(ann, 'analyst');
  // Twelve small ones and a large one that only we know; one that agrees.
  const small = Array.from({ length: 12 }, (_none, index) => ({
    trade_id: `S${index}`,
    symbol: index % 2 === 0 ? 'AAPL' : 'MSFT',
    account: `FUND-${index}`,
    quantity: '10',
  }));
  const large = { trade_id: 'L1', account: 'FUND-L', quantity: '1000000' };
  const agreed = { trade_id: 'A1', account: 'FUND-A' };
  const internal = await uploaded(ann, 'internal', agreed, large, ...small);
  const broker = await uploaded(ann, 'broker', agreed);
  const run = await runOver(ann, tradeDate, { internal: [internal], broker: [broker] });
  runId = textAt(run, 'runId');
  const found = await breaksWhere(ann, `run=${runId}`);
  ids = Object.fromEntries(
    found.map((one) => [String((one['internal'] as string[])[0]), textAt(one, 'breakId')] as const),
  );
}, slow);
afterAll(() => axion.close());

describe('the breaks of a run', () => {
  it('are open, with their symbol, and as severe as their notional says', async () => {
    expect(Object.keys(ids)).toHaveLength(13);
    expect(await breakOf(ann, ids['S0']!)).toMatchObject({
      state: 'open',
      severity: 'low',
      symbol: 'AAPL',
      tradeDate,
      history: [],
    });
    expect(await breakOf(ann, ids['L1']!)).toMatchObject({ severity: 'critical' });
  });

  it('are found by what they are', async () => {
    expect(await breaksWhere(ann, 'symbol=MSFT')).toHaveLength(6);
    expect(await breaksWhere(ann, 'severity=critical')).toHaveLength(1);
    expect(await breaksWhere(ann, 'type=missingAtBroker&state=open')).toHaveLength(13);
    expect(await breaksWhere(ann, 'state=resolved')).toEqual([]);
  });

  it('are not what is asked for by a wrong name', async () => {
    expectProblem(await ann.get(`${breaksPath}?state=lost`), {
      status: 400,
      code: 'request.invalid',
      says: /state/,
    });
    for (const id of [`${runId}.00000099`, `${runId}.7`, 'r9.00000000', 'nonsense'])
      expectProblem(await does(ann, id, 'investigate'), { status: 404, code: 'breaks.unknown' });
  });
});

describe('a break that somebody works on', () => {
  it('goes from hand to hand, and its history says how', async () => {
    const id = ids['S0']!;
    const steps: [string, JsonObject][] = [
      ['assign', { to: 'key:bob' }],
      ['investigate', {}],
      ['comment', { text: 'asked the broker' }],
      ['resolve', { resolution: 'acceptInternal', reason: 'they sent it by mail' }],
    ];
    for (const [what, body] of steps) expect((await does(ann, id, what, body)).status).toBe(200);
    expect(await breakOf(ann, id)).toMatchObject({
      state: 'resolved',
      assignee: 'key:bob',
      comments: 1,
      resolution: 'acceptInternal',
      history: [
        'BreakOpened',
        'BreakAssigned',
        'BreakInvestigationStarted',
        'BreakCommented',
        'BreakResolved',
      ].map((type) => containing({ type })),
    });
    expectProblem(await does(ann, id, 'investigate'), { status: 409, code: 'reconciliation.break-closed' });
    expect((await does(ann, id, 'reopen', { reason: 'it was another one' })).status).toBe(200);
    expect(await breakOf(ann, id)).toMatchObject({ state: 'assigned', reason: 'it was another one' });
  });

  it('above the limit is resolved by two people', async () => {
    const id = ids['L1']!;
    const verdict = { resolution: 'writeOff', reason: 'lost' };
    expect((await does(ann, id, 'resolve', verdict)).status).toBe(200);
    expect(await breakOf(ann, id)).toMatchObject({ state: 'proposed', proposal: verdict });
    expectProblem(await does(ann, id, 'approve'), {
      status: 403,
      code: 'reconciliation.second-person-needed',
    });
    expect((await does(bob, id, 'reject', { reason: 'look again' })).status).toBe(200);
    expect(await breakOf(ann, id)).toMatchObject({ state: 'investigating' });
    expect((await does(ann, id, 'resolve', verdict)).status).toBe(200);
    expect((await does(bob, id, 'approve')).status).toBe(200);
    expect(await breakOf(ann, id)).toMatchObject({
      state: 'resolved',
      resolution: 'writeOff',
      approvedBy: `key:${bob.keyId}`,
    });
  });

  it('is not worked on by whoever may only look', async () => {
    const viewer = await axion.newKey(ann, 'viewer');
    expect((await does(viewer, ids['S1']!, 'investigate')).status).toBe(403);
  });
});

describe('a bulk', () => {
  const writeOff = {
    filter: { symbol: 'MSFT' },
    action: { kind: 'resolve', resolution: 'writeOff', reason: 'small' },
  };

  it('only counts in a dry run', async () => {
    const { status, body } = await ann.post(`${breaksPath}/bulk`, { ...writeOff, dryRun: true });
    expect({ status, body }).toEqual({ status: 202, body: { dryRun: true, breaks: 6 } });
    expect(await breaksWhere(ann, 'state=resolved&symbol=MSFT')).toEqual([]);
  });

  it('does the same to each break, once under its key, in the name of whoever asked', async () => {
    expect((await does(bob, ids['S1']!, 'resolve', { resolution: 'amend', reason: 'mine' })).status).toBe(
      200,
    );
    const key = { 'idempotency-key': 'write-off' };
    const first = await ann.post(`${breaksPath}/bulk`, writeOff, key);
    const again = await ann.post(`${breaksPath}/bulk`, writeOff, key);
    expect(again.body['bulkId']).toBe(first.body['bulkId']);
    const bulk = await bulkOf(ann, textAt(first.body, 'bulkId'));
    expect(bulk).toMatchObject({
      breaks: 6,
      applied: 5,
      refused: 1,
      refusals: { 'reconciliation.break-closed': 1 },
    });
    expect(await breaksWhere(ann, 'state=resolved&symbol=MSFT')).toHaveLength(6);
    expect(await breakOf(ann, ids['S3']!)).toMatchObject({
      resolution: 'writeOff',
      resolvedBy: textAt(bulk, 'requestedBy'),
      history: [containing({ type: 'BreakOpened' }), containing({ type: 'BreakResolved', actor: 'system' })],
    });
    expect(await breakOf(ann, ids['S1']!)).toMatchObject({ resolution: 'amend' });
  });

  it('is refused when nobody can tell what it is to do', async () => {
    expectProblem(await ann.post(`${breaksPath}/bulk`, { filter: {}, action: { kind: 'assign' } }), {
      status: 422,
      code: 'reconciliation.bad-bulk-action',
      says: /action\.to/,
    });
    expectProblem(
      await ann.post(`${breaksPath}/bulk`, { filter: { color: 'red' }, action: { kind: 'approve' } }),
      {
        status: 400,
        code: 'request.invalid',
        says: /color/,
      },
    );
    expectProblem(await ann.post(`${breaksPath}/bulk`, { action: { kind: 'approve' } }), {
      status: 400,
      code: 'request.invalid',
    });
  });
});

describe('the policy of a workspace', () => {
  const path = '/v1/reconciliation/break-policy';

  it('is the built-in one until it is changed', async () =>
    expect((await ann.get(path)).body).toMatchObject({ version: 0, approvalAbove: { other: '1000000' } }));

  it('decides from then on', async () => {
    const policy = {
      severityFrom: { critical: { USD: '1000' } },
      ageing: [{ afterDays: 2, atLeast: 'high' }],
      approvalAbove: { USD: '1500' },
    };
    expect((await ann.post(path, policy)).status).toBe(200);
    expect((await ann.get(path)).body).toMatchObject({ version: 1, ...policy });
    const verdict = { resolution: 'amend', reason: 'a typing mistake' };
    expect((await does(bob, ids['S2']!, 'resolve', verdict)).status).toBe(200);
    expect(await breakOf(ann, ids['S2']!)).toMatchObject({ state: 'proposed' });
    expectProblem(await bob.post(path, policy), { status: 403, code: 'access.denied' });
    expectProblem(await ann.post(path, { ...policy, approvalAbove: { USD: 'much' } }), {
      status: 422,
      code: 'reconciliation.bad-break-policy',
      says: /approvalAbove\.USD/,
    });
  });
});

describe('time', () => {
  it('escalates what is still open, by the policy that its run was judged by', async () => {
    await setClock(axion.root, '2024-06-13T21:00:01.000Z');
    await bulkOf(ann, `${runId}.aged-1`);
    expect(await breaksWhere(ann, 'severity=medium')).toHaveLength(6);
    expect(await breakOf(ann, ids['S4']!)).toMatchObject({ severity: 'medium', escalatedAfterDays: 1 });
    expect(await breakOf(ann, ids['S3']!)).toMatchObject({ state: 'resolved', severity: 'low' });
    await setClock(axion.root, '2024-06-15T21:00:01.000Z');
    const bulk = await bulkOf(ann, `${runId}.aged-3`);
    expect(bulk).toMatchObject({ breaks: 13, applied: 6, refused: 0 });
    expect(await breakOf(ann, ids['S4']!)).toMatchObject({ severity: 'high', escalatedAfterDays: 3 });
  });

  it('is told day by day', async () => {
    const { body } = await ann.get(`${breaksPath}/trends?from=2024-06-11&to=2024-06-13`);
    const [before, day, after] = body['days'] as JsonObject[];
    expect(before).toEqual({ day: '2024-06-11', types: {} });
    expect(day).toMatchObject({
      day: '2024-06-12',
      types: { missingAtBroker: { opened: 13, resolved: 8, reopened: 1, cleared: 0, open: 6 } },
    });
    expect(after).toMatchObject({ types: { missingAtBroker: { opened: 0, escalated: 6, open: 6 } } });
    expectProblem(await ann.get(`${breaksPath}/trends?from=2024-06-13&to=2024-06-11`), {
      status: 400,
      code: 'request.invalid',
    });
  });
});

describe('a report', () => {
  it('counts what there is, and says of every open record why it is open', async () => {
    const { content, csv } = await issuedReport(ann, { kind: 'daily', from: tradeDate, to: tradeDate });
    expect(content).toMatchObject({
      records: { internal: 14, broker: 1 },
      strategies: { 'trade-id': { matches: 1, share: 1 } },
      breaks: {
        byState: { open: { count: 4 }, resolved: { count: 7 } },
        openByAge: { from3Days: { count: 6 } },
      },
    });
    const open = content['open'] as JsonObject[];
    expect(open).toHaveLength(6);
    expect(open.find((one) => one['breakId'] === ids['S2'])).toMatchObject({ state: 'proposed' });
    for (const line of open) expect(textAt(line, 'reason')).not.toBe('');
    expect(csv.trimEnd().split('\r\n')).toHaveLength(7);
  });

  it('is refused for a period that is none', async () =>
    expectProblem(
      await ann.post('/v1/reconciliation/reports', { kind: 'daily', from: tradeDate, to: '2024-06-13' }),
      { status: 422, code: 'reconciliation.bad-period' },
    ));
});

it('the metrics tell what is open, for how long, and how well the books matched', async () => {
  const series = await metricsOf(axion.root);
  expect(sumOf(series, 'axion_reconciliation_open_breaks', { type: 'missingAtBroker' })).toBe(6);
  expect(sumOf(series, 'axion_reconciliation_open_breaks', { type: 'price' })).toBe(0);
  expect(sumOf(series, 'axion_reconciliation_breaks_found_total', { type: 'missingAtBroker' })).toBe(13);
  expect(sumOf(series, 'axion_reconciliation_match_rate_count')).toBe(1);
  expect(sumOf(series, 'axion_reconciliation_match_rate_sum')).toBeCloseTo(2 / 15, 10);
  const days = sumOf(series, 'axion_reconciliation_oldest_break_age_seconds') / 86_400;
  expect(days).toBeGreaterThan(2.9);
  expect(days).toBeLessThan(3.1);
});

it('a bulk of what is cleared by nobody leaves all as it is', async () => {
  const reopened = await workedOff(
    ann,
    ann.post(`${breaksPath}/bulk`, {
      filter: { state: 'cleared' },
      action: { kind: 'reopen', reason: 'all of it' },
    }),
  );
  expect(isJsonObject(reopened) && reopened['breaks']).toBe(0);
  await breakIn(ann, ids['S3']!, 'resolved');
});

it('every link holds and every read model equals its replay', () => expectItHolds(axion), 60_000);
