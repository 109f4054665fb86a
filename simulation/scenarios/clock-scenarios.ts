import { SetClock } from '../../domain/engine/clock-commands.js';
import { systemContext } from '../../domain/kernel/event.js';
import { affirmWithinMs } from '../bank/fulfilment.js';
import { AffirmOrder } from '../bank/shipment.js';
import { shownNow } from '../oracle/shown-time.js';
import type { Stage } from '../stage.js';
import type { World } from '../world.js';
import { api, place, worker, type Scenario } from './scenario.js';

const farthestMs = 5000;
/** Longer than a worker takes to look what is due. */
const lookedMs = 3000;

/** A few jumps, forwards and back. */
async function jump({ time, random, clock, trace }: World, lengthMs: number): Promise<void> {
  const own = random.fork();
  const jumps = own.integer(1, 4);
  for (let nth = 0; nth < jumps; nth++) {
    await time.sleep(own.integer(0, Math.ceil(lengthMs / jumps)));
    const by = own.integer(-farthestMs, farthestMs);
    clock.jumpBy(by);
    trace.add(`${time.now} the clock jumps by ${by}`);
  }
}

async function setClock(stage: Stage, to: number): Promise<void> {
  const iso = new Date(to).toISOString();
  const context = systemContext(`set-clock-to-${iso}`, shownNow(stage.world));
  await stage.slot(2).current?.execute(Object.assign(new SetClock(), { to: iso }), context);
}

/** What runs is killed, and runs again. */
async function restart(stage: Stage): Promise<void> {
  await Promise.all([0, 1].map((index) => stage.slot(index).crash(100)));
}

export const clockScenarios: readonly Scenario[] = [
  {
    name: 'jumping-clock',
    about: 'the system’s clock jumps forwards and back in any history',
    jumps: jump,
  },
  {
    name: 'manual-clock',
    about:
      'a manual clock stands still over restarts, is put forwards past a cut-off, back, and forwards again',
    manualClock: true,
    plans: [place(worker), place(worker), api],
    async play(stage) {
      const { world } = stage;
      const { time, random } = world;
      const affirmed = await stage.order(2);
      await stage.order(2);
      await stage.until('both are shipped', () => stage.landed('OrderShipped') > 1);
      await time.sleep(random.integer(affirmWithinMs, 4 * affirmWithinMs));
      await restart(stage);
      await time.sleep(lookedMs);
      const due = Date.parse(affirmed.at) + affirmWithinMs;
      await setClock(stage, due - 1);
      await time.sleep(lookedMs);
      await stage.tell(2, Object.assign(new AffirmOrder(), { orderId: affirmed.orderId }));
      await setClock(stage, due + random.integer(0, 2000));
      await stage.until('the other has expired', () => stage.landed('OrderExpired') > 0);
      await setClock(stage, due - random.integer(1, 3_600_000));
      await restart(stage);
      await time.sleep(lookedMs);
      await setClock(stage, due + 1);
      await time.sleep(lookedMs);
    },
  },
];
