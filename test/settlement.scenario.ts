import { parse } from 'csv-parse/sync';
import { isJsonObject, type JsonObject } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import { expectItHolds, expectProblem } from './harness/expectations.js';
import { textAt, textsAt, type HttpClient } from './harness/http-client.js';
import {
  brokerProfile,
  completedRun,
  files,
  internalCsv,
  requestRun,
  sides,
  sourceOf,
  trueCounts,
  uploadId,
  type Side,
} from './harness/sample.js';
import { until } from './harness/until.js';
import { matching } from './harness/matchers.js';

const evening = '2024-06-12T21:30:00.000Z';
const opensAt = '2024-06-13T04:00:00.000Z';
const noon = '2024-06-13T16:00:00.000Z';
const justBefore = '2024-06-13T19:09:59.999Z';
const cutOffAt = '2024-06-13T19:10:00.000Z';
const dayAfter = '2024-06-14T12:00:00.000Z';
const daysLater = '2024-06-20T09:00:00.000Z';
const path = '/v1/reconciliation/settlements';
/** Hundreds of sagas have something to do at once, on whatever machine this is. */
const withinMs = 60_000;
const slow = 3 * withinMs;

let axion: Axion;
let client: HttpClient;
let runId: string;
/** In the order of their ids. */
let netted: JsonObject[];
/** Affirmed as a whole, and by half, while the settlement date is to come. */
let early: JsonObject[];
let half: JsonObject[];

beforeAll(async () => {
  axion = await startAxion({ clock: 'manual' });
  await setClock(evening);
  client = await axion.newWorkspace();
  runId = await settlingRun(client, files);
  const { settlements } = await settlementsNetted(client, runId);
  const last = `${runId}.${String(Number(settlements) - 1).padStart(8, '0')}`;
  await until(
    'the last one is instructed',
    async () => (await client.get(`${path}/${last}`)).body['state'] === 'instructed',
    withinMs,
  );
  netted = await inState('instructed', Number(settlements));
  early = netted.slice(0, 8);
  half = netted.slice(8, 12);
}, slow);
afterAll(() => axion.close());

async function setClock(to: string): Promise<void> {
  const { status, text } = await axion.root.post('/v1/engine/clock', { to });
  if (status !== 201) throw new Error(`the clock is not set: ${text}`);
}

async function settlingRun(
  who: HttpClient,
  books: Readonly<Record<Side, string>>,
  brokerSource = sourceOf.broker,
): Promise<string> {
  await who.post('/v1/reconciliation/sources', brokerProfile);
  const ids: Record<Side, string[]> = { internal: [], broker: [] };
  for (const side of sides) {
    const source = side === 'broker' ? brokerSource : sourceOf[side];
    ids[side].push(await uploadId(who.upload({ side, source }, books[side])));
  }
  return requestRun(who, ids, { settle: true });
}

async function nettingOf(who: HttpClient, id: string): Promise<JsonObject> {
  const { body, text } = await who.get(`/v1/reconciliation/runs/${id}`);
  const { status, netting = {} } = body;
  if (status === 'failed' || !isJsonObject(netting) || netting['status'] === 'failed') throw new Error(text);
  return netting;
}

function settlementsNetted(who: HttpClient, id: string): Promise<JsonObject> {
  return until(
    'the run is netted',
    async () => {
      const netting = await nettingOf(who, id);
      return netting['status'] === 'completed' ? netting : undefined;
    },
    withinMs,
  );
}

/** Until no settlement of the sample's run is in any of these states: cheaper to ask again and again than a list. */
async function noneIs(...states: readonly string[]): Promise<void> {
  for (const state of states)
    await until(
      `no settlement is ${state}`,
      async () => {
        const { items } = (await client.get(`${path}?run=${runId}&state=${state}&limit=1`)).body;
        return Array.isArray(items) && items.length === 0;
      },
      withinMs,
    );
}

/** The settlements of the sample's run in a state, once there are so many. */
function inState(state: string, count: number): Promise<JsonObject[]> {
  return until(
    `${count} settlements are ${state}`,
    async () => {
      const found = await client.every(`${path}?run=${runId}&state=${state}`, 100);
      return found.length === count ? found : undefined;
    },
    withinMs,
  );
}

/** The only settlement of a run, once `isSo`. */
function onlyOne(
  who: HttpClient,
  run: string,
  isSo: (settlement: JsonObject) => boolean,
): Promise<JsonObject> {
  return until(
    `the settlement of ${run} is as it should be`,
    async () => {
      const found = await who.every(`${path}?run=${run}`, 10);
      if (found.length > 1) throw new Error(`${run} has ${found.length} settlements`);
      return found.find(isSo);
    },
    withinMs,
  );
}

const idOf = (settlement: JsonObject): string => textAt(settlement, 'settlementId');
const quantityOf = (settlement: JsonObject): string => textAt(settlement, 'netQuantity').replace('-', '');
const halfOf = (settlement: JsonObject): string => String(Number(quantityOf(settlement)) / 2);
const affirm = (settlement: JsonObject, quantity = quantityOf(settlement)) =>
  client.post(`${path}/${idOf(settlement)}/affirm`, { quantity });
const read = async (settlement: JsonObject): Promise<JsonObject> =>
  (await client.get(`${path}/${idOf(settlement)}`)).body;

/** Ten-thousandths: the sample's prices have four digits, its quantities none. */
const tenThousandths = (decimal: string): bigint => {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(`${whole}${fraction.padEnd(4, '0')}`);
};

describe('the settlements of the sample', () => {
  it('are as many as its matched trades have keys, and sum up to what these sum up to', async () => {
    const matches = await client.every(`/v1/reconciliation/runs/${runId}/matches`, 1000);
    const matched = new Set(matches.flatMap((match) => textsAt(match, 'internal')));
    const expected = new Map<string, { quantity: bigint; amount: bigint; trades: number }>();
    const rows: Record<string, string>[] = parse(files.internal, { columns: true });
    for (const row of rows.filter(({ trade_id = '' }) => matched.has(trade_id))) {
      const { account, counterparty, symbol, currency, settlement_date, side, quantity, price } = row;
      const key = [account, counterparty, symbol, currency, settlement_date].join();
      const net = expected.get(key) ?? { quantity: 0n, amount: 0n, trades: 0 };
      const signed = BigInt(quantity!) * (side === 'buy' ? 1n : -1n);
      net.quantity += signed;
      net.amount += signed * tenThousandths(price!);
      net.trades += 1;
      expected.set(key, net);
    }
    const found = netted.map((one) => {
      const fields = ['account', 'counterparty', 'symbol', 'currency', 'settlementDate'];
      return [
        fields.map((field) => textAt(one, field)).join(),
        {
          quantity: BigInt(textAt(one, 'netQuantity')),
          amount: tenThousandths(textAt(one, 'netAmount')),
          trades: one['trades'],
        },
      ] as const;
    });
    expect(expected.size).toBeGreaterThan(200);
    expect(new Map(found)).toEqual(expected);
    expect(found).toHaveLength(expected.size);
  });

  it('wait for their date, by the clock of New York', () => {
    for (const one of netted)
      expect(one).toMatchObject({ runId, settlementDate: '2024-06-13', opensAt, cutOffAt, late: false });
  });

  it('are shown by their run, whose counts say nothing of them', async () => {
    const { body } = await client.get(`/v1/reconciliation/runs/${runId}`);
    expect(body).toMatchObject({
      settle: true,
      netting: { status: 'completed', settlements: netted.length, leftOut: [] },
    });
    expect(body['counts']).toEqual(trueCounts());
  });
});

describe('an affirmation', () => {
  it.each<[string, string | number | null, number, string]>([
    ['of nothing', '0', 422, 'reconciliation.bad-quantity'],
    ['of less than nothing', '-1', 422, 'reconciliation.bad-quantity'],
    ['of no number', 'all of it', 422, 'reconciliation.bad-quantity'],
    ['of more than there is', '1000000000', 409, 'reconciliation.affirmed-too-much'],
    ['without a quantity', null, 400, 'request.invalid'],
  ])('%s is refused', async (_what, quantity, status, code) => {
    const reply = await client.post(`${path}/${idOf(early[0]!)}/affirm`, { quantity });
    expectProblem(reply, { status, code });
  });

  it('of an unknown settlement is not found', async () => {
    expectProblem(await client.post(`${path}/none/affirm`, { quantity: 1 }), {
      status: 404,
      code: 'reconciliation.unknown-settlement',
    });
    expectProblem(await client.get(`${path}/none`), { status: 404, code: 'settlements.unknown' });
  });

  it('before the date is kept for it, and adds to the one before', async () => {
    for (const one of [...early, ...half]) expect((await affirm(one, halfOf(one))).status).toBe(200);
    for (const one of early) expect((await affirm(one, halfOf(one))).status).toBe(200);
    for (const one of early)
      expect(await read(one)).toMatchObject({
        state: 'affirmed',
        affirmedQuantity: quantityOf(one),
        settledQuantity: '0',
        affirmedBy: matching(/./),
      });
    expectProblem(await affirm(early[0]!, '1'), { status: 409, code: 'reconciliation.affirmed-too-much' });
  });
});

describe('on the settlement date', () => {
  const [onTheDay, inTheRace] = [12, 20];

  it(
    'what was affirmed settles',
    async () => {
      await setClock(opensAt);
      await noneIs('affirmed');
      const settled = await inState('settled', early.length);
      expect(settled.map(idOf)).toEqual(early.map(idOf));
      for (const one of settled)
        expect(one).toMatchObject({ settledAmount: one['netAmount'], openQuantity: '0', openAmount: '0' });
      const partly = await inState('partiallySettled', half.length);
      expect(partly.map(idOf)).toEqual(half.map(idOf));
      for (const one of partly)
        expect(one).toMatchObject({ settledQuantity: halfOf(one), openQuantity: halfOf(one) });
    },
    slow,
  );

  it('what is affirmed then settles at once', async () => {
    await setClock(noon);
    const one = netted[onTheDay]!;
    await affirm(one, halfOf(one));
    expect(await read(one)).toMatchObject({ state: 'partiallySettled', settledQuantity: halfOf(one) });
    await affirm(one, halfOf(one));
    expect(await read(one)).toMatchObject({ state: 'settled', settledQuantity: quantityOf(one) });
  });

  it(
    'what was affirmed just before the cut-off has settled, and nothing that came too late, whoever was faster',
    async () => {
      await setClock(justBefore);
      const inTime = netted[onTheDay + 1]!;
      expect((await affirm(inTime)).status).toBe(200);
      const racing = netted.slice(inTheRace, inTheRace + 40);
      const [, ...replies] = await Promise.all([setClock(cutOffAt), ...racing.map((one) => affirm(one))]);
      const accepted = racing.filter((_one, at) => replies[at]!.status === 200);
      for (const reply of replies.filter(({ status }) => status !== 200))
        expect(['reconciliation.past-cut-off', 'reconciliation.settlement-finished']).toContain(
          reply.body['code'],
        );
      const settled = [...early, netted[onTheDay]!, inTime, ...accepted];
      await noneIs('instructed', 'affirmed', 'partiallySettled');
      const failed = await inState('failed', netted.length - settled.length);
      expect((await inState('settled', settled.length)).map(idOf)).toEqual(settled.map(idOf).sort());
      expect(failed.filter((one) => one['settledQuantity'] !== '0').map(idOf)).toEqual(half.map(idOf));
    },
    slow,
  );

  it('what failed is a settlement break each, and no break of the run', async () => {
    const failed = await client.every(`${path}?state=failed`, 1000);
    const breaks = await client.every(`/v1/reconciliation/settlement-breaks?run=${runId}`, 50);
    expect(breaks.map(idOf)).toEqual(failed.map(idOf));
    expect(breaks.map(({ quantity, amount }) => [quantity, amount])).toEqual(
      failed.map(({ failedQuantity, failedAmount }) => [failedQuantity, failedAmount]),
    );
    for (const one of breaks)
      expect(one).toMatchObject({ runId, reason: matching(/affirmed by the cut-off/) });
    const { body } = await client.get(`/v1/reconciliation/runs/${runId}`);
    expect(body['counts']).toEqual(trueCounts());
    expect(await client.every('/v1/reconciliation/settlement-breaks?run=none', 10)).toEqual([]);
  });

  it('nothing can be affirmed afterwards', async () => {
    expectProblem(await affirm(half[0]!, '1'), { status: 409, code: 'reconciliation.settlement-finished' });
    expectProblem(await affirm(early[0]!, '1'), { status: 409, code: 'reconciliation.settlement-finished' });
  });
});

describe('a run that is settled after the cut-off', () => {
  it(
    'leaves its settlements late: no clock fails them, and a person settles them',
    async () => {
      const book = internalCsv({}, { trade_id: 'T2', side: 'sell', quantity: '40' });
      const who = await axion.newWorkspace();
      const late = await settlingRun(who, { internal: book, broker: book }, 'axion-csv');
      expect(await settlementsNetted(who, late)).toMatchObject({ settlements: 1, leftOut: [] });
      const one = await onlyOne(who, late, ({ instructedAt }) => instructedAt !== undefined);
      expect(one).toMatchObject({ state: 'late', late: true, netQuantity: '60', netAmount: '11370' });
      await setClock(dayAfter);
      const other = await settlingRun(who, { internal: book, broker: book }, 'axion-csv');
      await onlyOne(who, other, ({ instructedAt }) => instructedAt !== undefined);
      const stays = await who.get(`${path}/${idOf(one)}`);
      expect(stays.body).toMatchObject({ state: 'late', openQuantity: '60' });
      expect((await who.post(`${path}/${idOf(one)}/affirm`, { quantity: 60 })).status).toBe(200);
      expect((await who.get(`${path}/${idOf(one)}`)).body).toMatchObject({
        state: 'settled',
        settledQuantity: '60',
        settledAmount: '11370',
      });
    },
    slow,
  );
});

describe('a settlement whose saga comes days late', () => {
  it(
    'has settled what was affirmed in time, and failed in the rest',
    async () => {
      const book = internalCsv({ quantity: '60', settlement_date: '2024-06-17' });
      const who = await axion.newWorkspace();
      const id = await settlingRun(who, { internal: book, broker: book }, 'axion-csv');
      const one = await onlyOne(who, id, ({ state }) => state === 'instructed');
      expect((await who.post(`${path}/${idOf(one)}/affirm`, { quantity: '25' })).status).toBe(200);
      await setClock(daysLater);
      const ended = await onlyOne(who, id, ({ state }) => state === 'failed');
      expect(ended).toMatchObject({
        settledQuantity: '25',
        settledAmount: '4737.5',
        failedQuantity: '35',
        failedAmount: '6632.5',
        openQuantity: '0',
        reason: 'only 25 was affirmed by the cut-off',
      });
    },
    slow,
  );
});

describe('a run', () => {
  it(
    'settles nothing unless it is asked to',
    async () => {
      const who = await axion.newWorkspace();
      const ids: Record<Side, string[]> = { internal: [], broker: [] };
      for (const side of sides)
        ids[side].push(await uploadId(who.upload({ side, source: 'axion-csv' }, internalCsv({}))));
      for (const terms of [{}, { settle: false }]) {
        const id = await requestRun(who, ids, terms);
        const run = await completedRun(who, id);
        expect(run).not.toHaveProperty('netting');
        expect(run).not.toHaveProperty('settle');
      }
      expect(await who.every(path, 10)).toEqual([]);
    },
    slow,
  );

  it(
    'says which trades it could not settle, and settles the others',
    async () => {
      const rows = [
        {},
        { trade_id: 'T2', currency: 'EUR' },
        { trade_id: 'T3', settlement_date: '2031-01-02' },
      ];
      const book = internalCsv(...rows);
      const who = await axion.newWorkspace();
      const id = await settlingRun(who, { internal: book, broker: book }, 'axion-csv');
      expect(await settlementsNetted(who, id)).toEqual({
        status: 'completed',
        settlements: 1,
        leftOut: [
          { reason: 'no-calendar', trades: 1 },
          { reason: 'beyond-calendar', trades: 1 },
        ],
      });
    },
    slow,
  );

  it('settles, or does not: nothing else can be asked for', async () =>
    expectProblem(
      await client.post('/v1/reconciliation/runs', {
        tradeDate: '2024-06-12',
        internal: ['a'],
        broker: ['b'],
        settle: 'yes',
      }),
      { status: 400, code: 'request.invalid', says: /settle/ },
    ));

  it('has settlements in the states that there are', async () =>
    expectProblem(await client.get(`${path}?state=lost`), {
      status: 400,
      code: 'request.invalid',
      says: /state/,
    }));
});

it('every link holds and every read model equals its replay', () => expectItHolds(axion), 60_000);
