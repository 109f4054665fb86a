import { readConfiguration } from '../apps/config/configuration.js';
import { projections } from '../apps/config/contexts.js';
import { withUrls } from '../apps/cli/stores.js';
import { measureLag } from '../infra/engine/projections/lag.js';
import { AffirmationLoad } from './harness/affirmation-load.js';
import { newWorkspace } from './harness/axion.js';
import { HttpClient } from './harness/http-client.js';
import { metricsOf } from './harness/metrics.js';
import type { Program } from './harness/program.js';
import { RunningAxion } from './harness/running-axion.js';
import { settlementsOf, settlementsThat } from './harness/settlements.js';
import { until } from './harness/until.js';

const axion = new RunningAxion({ AXION_ROLES: 'api,worker' });
/** A lease is free when its holder was silent for 6 s; the rest is for machines that are busy with other things. */
const takenOverWithinMs = 60_000;
const generousMs = 240_000;
let client: HttpClient;
let projectors: Program[];
let runId: string;
let load: AffirmationLoad;

beforeAll(async () => {
  await axion.start();
  projectors = await Promise.all([axion.attach('projector'), axion.attach('projector')]);
  client = await newWorkspace(axion.root);
  const made = await settlementsOf(client, 12);
  runId = made.runId;
  load = new AffirmationLoad(client, made.ids);
}, generousMs);
afterAll(async () => {
  await axion.remove();
  await load.abandon();
}, generousMs);

/** How many lanes a projector works, of builds that serve. */
async function lanesOf(projector: Program): Promise<number> {
  const url = await projector.says(/Health and metrics are at (\S+)/);
  const series = await metricsOf(new HttpClient(url));
  return series.filter(({ name }) => name === 'axion_projection_applied_position').length;
}

/** Until these work every lane of every read model between them, and each a part of them. */
function allIsShared(...by: readonly Program[]): Promise<number[]> {
  return until(
    'the lanes are shared',
    async () => {
      const lanes = await Promise.all(by.map(lanesOf));
      const all = lanes.reduce((sum, count) => sum + count, 0);
      return all === projections.length * 2 && lanes.every((count) => count > 0) ? lanes : undefined;
    },
    takenOverWithinMs,
  );
}

/** Until every read model has applied all that is in the log now. */
async function everythingIsApplied(): Promise<void> {
  await withUrls(readConfiguration({ AXION_DATA: axion.data }), axion.stores, async ({ log, store }) => {
    const head = (await log.head()) ?? 0n;
    await until(
      'every read model has applied what is in the log',
      async () =>
        (await measureLag(projections, log, store, Date.now())).every(
          ({ applied }) => applied !== null && BigInt(applied) >= head,
        ),
      takenOverWithinMs,
    );
  });
}

// One platform under load: each test goes on where the one before ended.
describe('Two projectors on the same lanes, under load', () => {
  it(
    'share them',
    async () => {
      load.start();
      const lanes = await allIsShared(...projectors);
      expect(Math.abs(lanes[0]! - lanes[1]!)).toBeLessThanOrEqual(2);
      await everythingIsApplied();
    },
    generousMs,
  );

  it(
    'take over from one that sleeps',
    async () => {
      const [sleeper, other] = projectors;
      await load.more(20);
      sleeper!.signal('SIGSTOP');
      await everythingIsApplied();
      await allIsShared(other!);
      await load.more(20);
      await everythingIsApplied();
    },
    generousMs,
  );

  it(
    'share again with the one that wakes, which does harm to nothing',
    async () => {
      const [sleeper] = projectors;
      sleeper!.signal('SIGCONT');
      await allIsShared(...projectors);
      await load.more(20);
      await everythingIsApplied();
      expect((await client.get('/health/ready')).status).toBe(200);
    },
    generousMs,
  );

  it(
    'take over from one that is killed',
    async () => {
      const [left, killed] = projectors;
      await load.more(20);
      await killed!.killGroup();
      await everythingIsApplied();
      await allIsShared(left!);
      expect((await client.get('/health/ready')).status).toBe(200);
    },
    generousMs,
  );

  it(
    'have applied every event, and none of them twice',
    async () => {
      await load.stop();
      const affirmed = load.acknowledged;
      expect(load.refusals).toEqual([]);
      expect(Math.min(...affirmed.values())).toBeGreaterThan(0);
      await everythingIsApplied();
      const found = await settlementsThat(client, runId, 'is there', () => true);
      for (const [id, count] of affirmed)
        expect(found.get(id)).toMatchObject({
          affirmedQuantity: String(count),
          settledQuantity: String(count),
        });
      await axion.expectItHolds();
    },
    generousMs,
  );
});
