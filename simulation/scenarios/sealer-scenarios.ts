import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { calm, drawWeather } from '../faults/weather.js';
import { checkSeals, untilSealed } from '../oracle/seal-oracle.js';
import { SealerSlot, type SealerPlan } from '../sealing/sealer-slot.js';
import { Sealing } from '../sealing/sealing.js';
import type { Stage } from '../stage.js';
import { api, place, worker, type Scenario } from './scenario.js';

/** Long enough for what a sleeper sent to land. */
const restMs = 10_000;

/** Where a sealer falls asleep. */
const steps = [
  'read last seal-',
  'read all',
  'append seal-',
  'tiles.write origin/',
  'tiles.read origin/',
  'publish',
];

function drawPlan(random: SeededRandom, version: string): SealerPlan {
  return {
    version,
    leased: random.chance(0.3),
    troubles: Array.from({ length: random.integer(0, 4) }, () => ({
      afterMs: random.integer(0, 3000),
      kind: random.chance(0.5) ? ('kill' as const) : ('stop' as const),
      forMs: random.integer(0, 5000),
    })),
  };
}

const untroubled = (version: string): SealerPlan => ({ version, leased: false, troubles: [] });

/** Something happens, most of it audited. */
async function happen(stage: Stage, sealing: Sealing, times: number, pauseMs: number): Promise<void> {
  const { random, time } = stage.world;
  for (let nth = 0; nth < times; nth++) {
    if (random.chance(0.2)) await sealing.administer();
    const account = `account-${random.integer(0, 3)}`;
    await stage.send(random.integer(0, 1), { kind: 'deposit', amount: random.integer(1, 9), account });
    await time.sleep(random.integer(0, pauseMs));
  }
}

/** Nothing is wrong any more: everything is sealed, and was sealed once. */
async function conclude(sealing: Sealing, sealers: readonly SealerSlot[]): Promise<void> {
  const { world } = sealing;
  sealing.weather = calm;
  await world.time.sleep(restMs);
  await untilSealed(sealing);
  await checkSeals(sealing);
  for (const sealer of sealers) sealer.down();
}

export const sealerScenarios: readonly Scenario[] = [
  {
    name: 'two-sealers',
    about:
      'two sealers of two filter versions, in any weather, are stopped and killed while somebody appends',
    plans: [api, api, place(worker)],
    async play(stage) {
      const { world } = stage;
      const { random } = world;
      const sealing = new Sealing(world);
      const sealers = ['1', '2'].map(
        (version) => new SealerSlot(sealing, `sealer-${version}`, drawPlan(random, version)),
      );
      sealing.weather = drawWeather(random);
      await Promise.all(sealers.map((sealer) => sealer.up()));
      await Promise.all([
        ...sealers.map((sealer) => sealer.live()),
        happen(stage, sealing, random.integer(5, 20), 1500),
      ]);
      await conclude(sealing, sealers);
    },
  },
  {
    name: 'sealer-asleep-at-a-step',
    about:
      'a sealer falls asleep at one of its steps, another takes over, and the first wakes up or is killed',
    plans: [api, api, place(worker)],
    async play(stage) {
      const { world } = stage;
      const { random } = world;
      const sealing = new Sealing(world);
      const versions = random.chance(0.5) ? ['1', '2'] : ['2', '1'];
      const [sleeper, other] = versions.map(
        (version) => new SealerSlot(sealing, `sealer-${version}`, untroubled(version)),
      );
      if (!sleeper || !other) throw new RangeError('there are two');
      await sleeper.up();
      await happen(stage, sealing, random.integer(0, 3), 1500);
      const step = steps[random.integer(0, steps.length - 1)] ?? 'append seal-';
      const asleep = sleeper.hold((call) => call.startsWith(step));
      await happen(stage, sealing, random.integer(1, 4), 500);
      await asleep.reached;
      await other.up();
      await happen(stage, sealing, random.integer(0, 6), 1500);
      await world.time.sleep(random.integer(0, 4000));
      if (random.chance(0.5)) {
        const restarted = sleeper.crash(random.integer(0, 1000));
        asleep.release();
        await restarted;
      } else asleep.release();
      await happen(stage, sealing, random.integer(1, 4), 1500);
      await conclude(sealing, [sleeper, other]);
    },
  },
];
