import { EventStoreDbEventLog } from '../infra/eventstore/eventstoredb-event-log.js';
import { isJsonObject } from '../domain/kernel/json.js';
import { newWorkspace } from './harness/axion.js';
import type { HttpClient } from './harness/http-client.js';
import { matching } from './harness/matchers.js';
import { metricsOf, sumOf } from './harness/metrics.js';
import { listOf } from './harness/openapi.js';
import { RunningAxion } from './harness/running-axion.js';
import {
  affirm,
  quantity,
  setClock,
  settlementsOf,
  settlementsPath,
  settlementsThat,
  times,
} from './harness/settlements.js';

const count = 12;
const generousMs = 180_000;
const manual = { AXION_CLOCK: 'manual' };
const axion = new RunningAxion(manual);
let client: HttpClient;
let runId: string;
/** Affirmed as a whole; the rest is not. */
let affirmed: ReadonlySet<string>;

beforeAll(async () => {
  await axion.start();
  client = await newWorkspace(axion.root);
  await setClock(axion.root, times.tradeDateEvening);
  const made = await settlementsOf(client, count);
  runId = made.runId;
  const half = made.ids.slice(0, count / 2);
  for (const id of half) expect((await affirm(client, id, quantity)).status).toBe(200);
  affirmed = new Set(half);
}, generousMs);
afterAll(() => axion.remove(), generousMs);

/** How often each thing happened to the settlements of the first run, by the log's own word. */
async function happened(): Promise<Readonly<Record<string, number>>> {
  const log = new EventStoreDbEventLog(axion.stores.eventStoreUrl);
  const counts: Record<string, number> = {};
  for await (const { type, stream, data } of log.readAll()) {
    if (!stream.includes(runId) && !(isJsonObject(data) && data['runId'] === runId)) continue;
    const timer = isJsonObject(data) && isJsonObject(data['cause']) ? data['cause']['name'] : undefined;
    const name = typeof timer === 'string' ? `${type} of ${timer}` : type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  await log.close();
  return counts;
}

const over = ({ state }: { readonly state?: unknown }): boolean => state === 'settled' || state === 'failed';

// One life of one data directory: each test goes on where the one before ended.
describe('Timers', () => {
  it(
    'are shown with what they wait for',
    async () => {
      const [json, table] = await Promise.all([axion.cli('sagas', '--json'), axion.cli('sagas')]);
      const listed = listOf(json.answer['sagas']);
      expect([json.code, listed.length]).toEqual([0, count]);
      for (const one of listed)
        expect(one).toMatchObject({
          saga: 'settlement',
          status: 'running',
          wakeAt: times.opensAt,
          waitsFor: {
            steps: [],
            timers: [{ name: 'settlementDate', due: times.opensAt }, { name: 'cutOff' }],
          },
        });
      expect(table).toMatchObject({ code: 0, output: matching(/timer settlementDate at 2024-06-13T04:00/) });
    },
    generousMs,
  );

  it(
    'that were due while nobody ran fire at the next start, each once',
    async () => {
      await axion.running.killGroup();
      await axion.start({ AXION_ROLES: 'api' });
      await setClock(axion.root, times.dayAfter);
      const before = await happened();
      expect(before['SettlementSettled']).toBeUndefined();
      await axion.running.killGroup();

      await axion.start();
      const found = await settlementsThat(client, runId, 'has settled or failed', over);
      for (const [id, one] of found)
        expect([id, one['state']]).toEqual([id, affirmed.has(id) ? 'settled' : 'failed']);
      const after = await happened();
      expect(after).toMatchObject({ SettlementSettled: count / 2, SettlementFailed: count / 2 });
    },
    generousMs,
  );

  it(
    'fire nothing twice when the clock is set back and forwards again',
    async () => {
      const before = await happened();
      await setClock(axion.root, times.tradeDateEvening);
      const other = await settlementsOf(client, 2);
      await setClock(axion.root, times.opensAt);
      await setClock(axion.root, times.tradeDateEvening);
      await setClock(axion.root, times.dayAfter);
      const found = await settlementsThat(
        client,
        other.runId,
        'has failed',
        ({ state }) => state === 'failed',
      );
      expect(found.size).toBe(2);
      expect(await happened()).toEqual(before);
      expect(await client.every(`${settlementsPath}?run=${runId}&state=settled`, 100)).toHaveLength(
        count / 2,
      );
    },
    generousMs,
  );

  it('are measured, and so is all that was done for them', async () => {
    const series = await metricsOf(axion.root);
    const saga = { saga: 'settlement' };
    const fired = sumOf(series, 'axion_saga_timer_lateness_seconds_count', saga);
    expect(fired).toBeGreaterThanOrEqual(count);
    const latest = (Date.parse(times.dayAfter) - Date.parse(times.opensAt)) / 1000;
    const late = sumOf(series, 'axion_saga_timer_lateness_seconds_sum', saga);
    expect(late).toBeGreaterThan(0);
    expect(late).toBeLessThanOrEqual(fired * latest);
    expect(sumOf(series, 'axion_saga_events_total', saga)).toBeGreaterThan(count);
    const ofSettlements = { read_model: 'settlements' };
    const batches = sumOf(series, 'axion_projection_batch_events_count', ofSettlements);
    expect(batches).toBeGreaterThan(0);
    expect(sumOf(series, 'axion_projection_batch_events_sum', ofSettlements)).toBeGreaterThanOrEqual(batches);
    for (const lane of ['0', '1']) {
      const labels = { ...ofSettlements, lane };
      expect(sumOf(series, 'axion_projection_lag_events', labels)).toBe(0);
      expect(sumOf(series, 'axion_projection_lag_seconds', labels)).toBe(0);
      expect(sumOf(series, 'axion_projection_applied_position', labels)).toBeGreaterThan(0);
    }
  });

  it(
    'leave nothing open, and a log that holds',
    async () => {
      expect(await axion.cli('sagas', '--json')).toMatchObject({ code: 0, answer: { sagas: [] } });
      expect(await axion.cli('parked', '--json')).toMatchObject({ code: 0 });
      await axion.expectItHolds();
    },
    generousMs,
  );
});
