import { CancelSaga, RetrySaga } from '../../domain/engine/saga-commands.js';
import { isOver } from '../../domain/engine/saga-state.js';
import { affirmWithinMs, fulfilment } from '../bank/fulfilment.js';
import { AffirmOrder } from '../bank/shipment.js';
import { shownNow } from '../oracle/shown-time.js';
import { allOver, instanceOf, ordersIn, type Order } from '../oracle/saga-oracle.js';
import type { Slot } from '../slot.js';
import { workspace, type World } from '../world.js';

const lookMs = 200;
const patienceMs = 2000;

/**
 * The people around the orders: some affirm theirs, often just before the cut-off; one sets parked sagas going again;
 * one gives orders up, whatever state they are in. Ends when every order is over, or after `atMostMs`.
 */
export async function attendOrders(
  world: World,
  slots: readonly Slot[],
  quietFromMs: number,
  atMostMs: number,
): Promise<void> {
  const { time, random } = world;
  const seen = new Set<string>();
  const affirming: Promise<void>[] = [];
  const chanceOfGivingUp = random.chance(0.4) ? 0.03 : 0;
  while (time.now < quietFromMs || (time.now < atMostMs && (world.underWay > 0 || !allOver(world)))) {
    await time.sleep(lookMs);
    for (const order of ordersIn(world)) {
      if (!seen.has(order.orderId)) {
        seen.add(order.orderId);
        if (random.chance(0.6)) affirming.push(affirm(world, slots, order));
      }
      const instance = instanceOf(world, order);
      if (isOver(instance) || instance.events === 0) continue;
      const named = { saga: fulfilment.name, instance: order.orderId, reason: 'because' };
      // A step that has no answer yet is what a compensation must outrun (rule S2).
      const chance = instance.outbox.length > 0 ? chanceOfGivingUp * 8 : chanceOfGivingUp;
      if (random.chance(chance)) await ask(world, slots, Object.assign(new CancelSaga(), named));
      else if (instance.parked !== null && random.chance(0.2))
        await ask(world, slots, Object.assign(new RetrySaga(), named));
    }
  }
  await Promise.all(affirming);
}

async function affirm(world: World, slots: readonly Slot[], order: Order): Promise<void> {
  const { time, random } = world;
  const dueMs = Date.parse(order.at) + affirmWithinMs - Date.parse(time.at(0));
  const early = random.chance(0.6) ? random.integer(0, 60) : random.integer(0, affirmWithinMs);
  await time.sleep(Math.max(0, dueMs - early - time.now));
  const command = Object.assign(new AffirmOrder(), { orderId: order.orderId });
  for (let attempt = 0; attempt < 4; attempt++)
    if (await ask(world, slots, command, `affirm-${order.orderId}`)) return;
}

/** @returns whether there was an answer */
export async function ask(
  world: World,
  slots: readonly Slot[],
  command: object,
  commandId = `by-hand-${world.random.integer(0, 2 ** 32 - 1)}`,
): Promise<boolean> {
  const { time, random, trace } = world;
  const process = slots[random.integer(0, slots.length - 1)]?.current;
  const context = {
    ...{ workspace, actor: 'key:alice', at: shownNow(world), commandId },
    ...{ correlationId: commandId, causationId: '' },
  };
  const answer = process?.execute(command, context).then(
    () => true,
    () => false,
  );
  const done = await Promise.race([answer ?? false, time.sleep(patienceMs).then(() => false)]);
  trace.add(`${time.now} ${command.constructor.name} ${commandId}: ${done}`);
  return done;
}
