import { pause } from '../infra/system/pause.js';
import { AffirmationLoad } from './harness/affirmation-load.js';
import { newWorkspace } from './harness/axion.js';
import { shown, textsAt, type HttpClient } from './harness/http-client.js';
import { RunningAxion } from './harness/running-axion.js';
import { settlementsOf, settlementsThat } from './harness/settlements.js';
import { until } from './harness/until.js';

/** So long the stores do not answer; longer than every deadline. OUTAGE_SECONDS=60 by hand. */
const outageMs = Number(process.env['OUTAGE_SECONDS'] ?? 15) * 1000;
const generousMs = 300_000;
const axion = new RunningAxion();
let client: HttpClient;
let runId: string;
let load: AffirmationLoad;

beforeAll(async () => {
  await axion.start();
  client = await newWorkspace(axion.root);
  const made = await settlementsOf(client, 12);
  runId = made.runId;
  load = new AffirmationLoad(client, made.ids);
  load.start();
  await load.more(10);
}, generousMs);
afterAll(async () => {
  await axion.remove();
  await load.abandon();
}, generousMs);

describe('Stores that do not answer for a while, under load', () => {
  it(
    'turn health unready, which says why and is itself answered; commands are refused and say that they may be repeated',
    async () => {
      const nodes = await axion.running.part('nodes-main.js');
      process.kill(nodes, 'SIGSTOP');
      const over = pause(outageMs);
      try {
        const begun = performance.now();
        const { status, body } = await axion.root.get('/health/ready');
        expect(performance.now() - begun).toBeLessThan(10_000);
        expect(status).toBe(503);
        expect(textsAt(body, 'reasons').join()).toMatch(/event log does not answer/);
        expect(textsAt(body, 'reasons').join()).toMatch(/read models cannot be reached/);
        expect((await axion.root.get('/health/live')).status).toBe(200);
        await over;
      } finally {
        process.kill(nodes, 'SIGCONT');
      }
    },
    generousMs,
  );

  it(
    'are used again by themselves when they answer, for commands, read models, sagas and jobs',
    async () => {
      await axion.isReady();
      await load.more(10);
      const again = await settlementsOf(client, 3);
      expect(again.ids).toHaveLength(3);
    },
    generousMs,
  );

  it(
    'have lost nothing, and nothing is there twice',
    async () => {
      await load.stop();
      expect(load.refusals.length).toBeGreaterThan(0);
      for (const { status, code } of load.refusals) {
        expect(status).toBe(503);
        expect(code).toMatch(/^[a-z-]+\.[a-z-]+$/);
      }
      const expected = new Map([...load.acknowledged].map(([id, count]) => [id, String(count)]));
      const found = await settlementsThat(client, runId, 'is as it was affirmed', (one) => {
        const count = expected.get(shown(one['settlementId']));
        return one['affirmedQuantity'] === count && one['settledQuantity'] === count;
      });
      expect(found.size).toBe(expected.size);
      await until('nothing is behind', async () => (await axion.cli('parked')).code === 0);
      await axion.expectItHolds();
    },
    generousMs,
  );
});
