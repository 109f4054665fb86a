import { isJsonObject, type JsonObject } from '../domain/kernel/json.js';
import { startAxion, type Axion } from './harness/axion.js';
import {
  breakIn,
  breakOf,
  breaksPath,
  breaksWhere,
  issuedReport,
  runOver,
  uploaded,
  withinMs,
  type Issued,
  type TradeRow,
} from './harness/breaks.js';
import { expectItHolds } from './harness/expectations.js';
import { textAt, textsAt, type HttpClient } from './harness/http-client.js';
import { completedRun, type Side } from './harness/sample.js';
import { setClock } from './harness/settlements.js';
import { until } from './harness/until.js';

const days = ['2024-06-10', '2024-06-11', '2024-06-12', '2024-06-13', '2024-06-14'] as const;
const carryForward = { days: 5 };
const period = { kind: 'period', from: days[0], to: days[4] };
const slow = 300_000;

let axion: Axion;
let client: HttpClient;
/** Runs by a name of this story. */
const runs: Record<string, string> = {};
/** What was reported at the end of each day, in order. */
const reported: Issued[] = [];
/** Every trade that came in, and stayed in. */
const accepted = new Set<string>();

const trade = (day: (typeof days)[number], id: string, fields: TradeRow = {}): TradeRow => ({
  trade_id: id,
  account: `FUND-${id}`,
  trade_time: `${day}T14:00:00Z`,
  settlement_date: day,
  ...fields,
});

async function file(side: Side, ...rows: readonly TradeRow[]): Promise<string> {
  for (const { trade_id: id = '' } of rows) accepted.add(id);
  return uploaded(client, side, ...rows);
}

async function compare(
  name: string,
  tradeDate: string,
  internal: readonly string[],
  broker: readonly string[],
): Promise<JsonObject> {
  const run = await runOver(client, tradeDate, { internal, broker }, { carryForward });
  runs[name] = textAt(run, 'runId');
  return run;
}

async function again(name: string, stale: string): Promise<JsonObject> {
  const path = `/v1/reconciliation/runs/${stale}`;
  await until(
    'the run is stale',
    async () => 'stale' in (await client.get(path)).body || undefined,
    withinMs,
  );
  const { status, body, text } = await client.post(`${path}/again`, {});
  if (status !== 202) throw new Error(text);
  runs[name] = textAt(body, 'runId');
  return completedRun(client, runs[name]);
}

/** The one break that a run found of a trade. */
async function breakFor(run: string, id: string): Promise<string> {
  const found = await breaksWhere(client, `run=${runs[run]!}`);
  const named = found.filter((one) => [...textsAt(one, 'internal'), ...textsAt(one, 'broker')].includes(id));
  expect(named).toHaveLength(1);
  return textAt(named[0]!, 'breakId');
}

const evening = (day: number): string => `${days[day]!}T21:00:00.000Z`;

async function report(): Promise<void> {
  reported.push(await issuedReport(client, period));
}

const openIn = ({ content }: Issued): JsonObject[] => (content['open'] as JsonObject[]).filter(isJsonObject);
const namesIn = (lines: readonly JsonObject[]): string[] =>
  lines.flatMap((line) => [...textsAt(line, 'internal'), ...textsAt(line, 'broker')]).sort();

beforeAll(async () => {
  axion = await startAxion({ clock: 'manual' });
  await setClock(axion.root, evening(0));
  client = await axion.newWorkspace();
}, slow);
afterAll(() => axion.close());

describe('five days', () => {
  it(
    'begin with three records that only one side has',
    async () => {
      const [day] = days;
      const ours = await file('internal', trade(day, 'A1'), trade(day, 'LATE'), trade(day, 'NEVER'));
      const theirs = await file('broker', trade(day, 'A1'), trade(day, 'FORGOTTEN'));
      const run = await compare('monday', day, [ours], [theirs]);
      expect(run['counts']).toMatchObject({
        matched: { exact: 1 },
        breaks: { missingAtBroker: 2, missingInternal: 1 },
        carried: { internal: 0, broker: 0, cleared: 0 },
      });
      await report();
      expect(namesIn(openIn(reported[0]!))).toEqual(['FORGOTTEN', 'LATE', 'NEVER']);
    },
    slow,
  );

  it(
    'go on with a record of ours that comes late, and a file of theirs that is corrected',
    async () => {
      const day = days[1];
      await setClock(axion.root, evening(1));
      const ours = await file(
        'internal',
        trade(day, 'A2'),
        trade(day, 'DEAR', { quantity: '50' }),
        trade(days[0], 'FORGOTTEN'),
      );
      const wrong = await file(
        'broker',
        trade(day, 'A2'),
        trade(day, 'DEAR', { quantity: '50', price: '210' }),
      );
      const run = await compare('tuesday', day, [ours], [wrong]);
      expect(run['counts']).toMatchObject({
        internal: 3,
        matched: { exact: 2 },
        breaks: { price: 1, missingAtBroker: 0, missingInternal: 0 },
        carried: { internal: 2, broker: 1, cleared: 1 },
      });
      const forgotten = await breakIn(client, await breakFor('monday', 'FORGOTTEN'), 'cleared');
      expect(forgotten['cleared']).toMatchObject({ byRun: runs['tuesday'], how: 'match' });
      const { body } = await client.get(`/v1/reconciliation/runs/${runs['tuesday']!}/matches`);
      expect(JSON.stringify(body['items'])).toContain(`carried forward: the record of ${days[0]}`);
      await report();
      expect(namesIn(openIn(reported[1]!))).toEqual(['DEAR', 'DEAR', 'LATE', 'NEVER']);

      const right = await file('broker', trade(day, 'A2'), trade(day, 'DEAR', { quantity: '50' }));
      const superseded = await client.post(`/v1/reconciliation/uploads/${wrong}/supersede`, {
        by: right,
        reason: 'they sent the wrong price',
      });
      expect(superseded.status).toBe(201);
      const corrected = await again('tuesday again', runs['tuesday']!);
      expect(corrected['counts']).toMatchObject({ breaks: { price: 0 }, matched: { exact: 3 }, known: 0 });
      const dear = await breakIn(client, await breakFor('tuesday', 'DEAR'), 'cleared');
      expect(dear['cleared']).toMatchObject({ byRun: runs['tuesday again'], how: 'match' });
      expect(await breakOf(client, await breakFor('monday', 'FORGOTTEN'))).toMatchObject({
        state: 'cleared',
        cleared: { byRun: runs['tuesday'] },
      });
      await report();
      expect(namesIn(openIn(reported[2]!))).toEqual(['LATE', 'NEVER']);
    },
    slow,
  );

  it(
    'have a file that comes in the afternoon, of which only what is new appears',
    async () => {
      const day = days[2];
      await setClock(axion.root, evening(2));
      const ours = await file('internal', trade(day, 'A3'), trade(day, 'NOON'));
      const morning = await file('broker', trade(day, 'A3'), trade(day, 'STRANGE'));
      const run = await compare('wednesday morning', day, [ours], [morning]);
      expect(run['counts']).toMatchObject({ breaks: { missingAtBroker: 1, missingInternal: 1 } });
      const afternoon = await file('broker', trade(day, 'NOON'), trade(days[0], 'LATE'));
      const { status, body, text } = await client.post(
        `/v1/reconciliation/runs/${runs['wednesday morning']!}/continue`,
        { broker: [afternoon] },
      );
      expect({ status, text }).toMatchObject({ status: 202 });
      runs['wednesday'] = textAt(body, 'runId');
      const continued = await completedRun(client, runs['wednesday']);
      expect(continued).toMatchObject({
        continues: runs['wednesday morning'],
        counts: {
          matched: { exact: 3 },
          breaks: { missingAtBroker: 0, missingInternal: 0 },
          known: 1,
          carried: { internal: 2, broker: 0, cleared: 1 },
        },
      });
      await breakIn(client, await breakFor('wednesday morning', 'NOON'), 'cleared');
      await breakIn(client, await breakFor('monday', 'LATE'), 'cleared');
      expect(await breakOf(client, await breakFor('wednesday morning', 'STRANGE'))).toMatchObject({
        state: 'open',
      });
      const compared = await client.get(
        `/v1/reconciliation/runs/${runs['wednesday morning']!}/compare/${runs['wednesday']}`,
      );
      expect(compared.body).toMatchObject({
        onlyInFirst: [{ internal: ['NOON'] }],
        onlyInSecond: [],
        inBoth: [{ broker: ['STRANGE'] }],
      });
      await report();
      expect(namesIn(openIn(reported[3]!))).toEqual(['NEVER', 'STRANGE']);

      // The next day that file is withdrawn: what it cleared is open again.
      await setClock(axion.root, evening(3));
      const withdrawn = await client.post(`/v1/reconciliation/uploads/${afternoon}/withdraw`, {
        reason: 'of another desk',
      });
      expect(withdrawn.status).toBe(201);
      const without = await again('wednesday again', runs['wednesday']);
      expect(without['counts']).toMatchObject({ breaks: { missingAtBroker: 1 }, known: 1 });
      const late = await until(
        'the late record is open again',
        async () => {
          const found = await breakOf(client, await breakFor('monday', 'LATE'));
          return found['state'] === 'open' ? found : undefined;
        },
        withinMs,
      );
      expect(textAt(late, 'reason')).toContain(runs['wednesday again']);
    },
    slow,
  );

  it(
    'have a day on which nothing is amiss, and everybody still waits',
    async () => {
      const day = days[3];
      const ours = await file('internal', trade(day, 'A4'));
      const theirs = await file('broker', trade(day, 'A4'));
      const run = await compare('thursday', day, [ours], [theirs]);
      expect(run['counts']).toMatchObject({
        matched: { exact: 1 },
        breaks: { missingAtBroker: 0 },
        // Of Monday LATE and NEVER, of Wednesday NOON; STRANGE is theirs.
        carried: { internal: 3, broker: 1, cleared: 0 },
      });
      const never = await breakFor('monday', 'NEVER');
      expect((await client.post(`${breaksPath}/${never}/assign`, { to: 'desk-7' })).status).toBe(200);
      await report();
      expect(namesIn(openIn(reported[4]!))).toEqual(['LATE', 'NEVER', 'NOON', 'STRANGE']);
    },
    slow,
  );

  it(
    'end with a file that has what was missing, and a break that a person settles',
    async () => {
      const day = days[4];
      await setClock(axion.root, evening(4));
      const strange = await breakFor('wednesday morning', 'STRANGE');
      const verdict = { resolution: 'acceptBroker', reason: 'booked by hand' };
      expect((await client.post(`${breaksPath}/${strange}/resolve`, verdict)).status).toBe(200);
      const ours = await file('internal', trade(day, 'A5'), trade(days[2], 'STRANGE'));
      const theirs = await file('broker', trade(day, 'A5'), trade(days[0], 'LATE'), trade(days[2], 'NOON'));
      const run = await compare('friday', day, [ours], [theirs]);
      expect(run['counts']).toMatchObject({
        matched: { exact: 4 },
        breaks: { missingAtBroker: 0, missingInternal: 0 },
        carried: { internal: 3, broker: 1, cleared: 3 },
      });
      const late = await breakIn(client, await breakFor('monday', 'LATE'), 'cleared');
      expect(late['cleared']).toMatchObject({ byRun: runs['friday'] });
      await breakIn(client, await breakFor('wednesday again', 'NOON'), 'cleared');
      const kept = await until(
        'the refused clearing is on record',
        async () => {
          const found = await breakOf(client, strange);
          return JSON.stringify(found['history']).includes('BreakActionRefused') ? found : undefined;
        },
        withinMs,
      );
      expect(kept).toMatchObject({ state: 'resolved', ...verdict });
      await report();
    },
    slow,
  );
});

describe('in the end', () => {
  it('every record is in a match, resolved by hand, or open for a reason that the report names', async () => {
    const last = reported.at(-1)!;
    const open = openIn(last);
    expect(namesIn(open)).toEqual(['NEVER']);
    expect(open[0]).toMatchObject({ state: 'assigned', assignee: 'desk-7', severity: 'high', ageDays: 4 });
    expect(textAt(open[0]!, 'reason')).toMatch(/no record of the broker is this trade.*; assigned to desk-7/);
    const replaced = new Set(['tuesday', 'wednesday morning', 'wednesday']);
    const matched = new Set<string>();
    for (const [, runId] of Object.entries(runs).filter(([name]) => !replaced.has(name)))
      for (const match of await client.every(`/v1/reconciliation/runs/${runId}/matches`, 100))
        for (const id of [...textsAt(match, 'internal'), ...textsAt(match, 'broker')]) matched.add(id);
    expect([...accepted].filter((id) => !matched.has(id))).toEqual(['NEVER']);
    expect(last.content).toMatchObject({
      staleRuns: [
        { runId: runs['tuesday'], replacedBy: runs['tuesday again'] },
        { runId: runs['wednesday'], replacedBy: runs['wednesday again'] },
      ],
    });
  });

  it('the report of each past moment is what was issued then, byte for byte', async () => {
    expect(reported).toHaveLength(6);
    for (const { asOf, json, csv, listed } of reported) {
      const repeated = await issuedReport(client, { ...period, asOf });
      expect(repeated.json).toBe(json);
      expect(repeated.csv).toBe(csv);
      expect(repeated.listed['json']).toEqual(listed['json']);
    }
  }, 120_000);

  it('every link holds and every read model equals its replay', () => expectItHolds(axion), 60_000);
});
