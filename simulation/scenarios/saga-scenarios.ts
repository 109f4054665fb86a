import { CancelSaga } from '../../domain/engine/saga-commands.js';
import { affirmWithinMs, fulfilment } from '../bank/fulfilment.js';
import { AffirmOrder } from '../bank/shipment.js';
import { instanceOf, type Order } from '../oracle/saga-oracle.js';
import type { Stage } from '../stage.js';
import { api, place, worker, type Scenario } from './scenario.js';

/** Milliseconds until an order's cut-off, by the system's clock. */
function untilDueMs({ world }: Stage, { at }: Order): number {
  return Date.parse(at) + affirmWithinMs - Date.parse(world.clock.now());
}

/** An order whose steps are done, and whose timer is known wherever timers are looked for. */
async function shippedOrder(stage: Stage, through: number): Promise<Order> {
  const order = await stage.order(through);
  await stage.until('its steps are done', () => {
    const { outbox, timers } = instanceOf(stage.world, order);
    return stage.landed('OrderShipped') > 0 && outbox.length === 0 && 'cutOff' in timers;
  });
  await stage.world.time.sleep(500);
  return order;
}

const affirm = ({ orderId }: Order): AffirmOrder => Object.assign(new AffirmOrder(), { orderId });

export const sagaScenarios: readonly Scenario[] = [
  {
    name: 'compensation-after-an-unknown-command',
    about: 'a sender stops between load and append, and its command is cancelled by a compensation meanwhile',
    plans: [place(worker), place({}, worker), api],
    async play(stage) {
      const sending = stage.slot(0).hold((call) => call.startsWith('append fees-'));
      const { orderId } = await stage.order(2);
      await sending.reached;
      const named = { saga: fulfilment.name, instance: orderId, reason: 'nobody knows what became of it' };
      await stage.tell(2, Object.assign(new CancelSaga(), named));
      await stage.slot(1).finishDeployment();
      await stage.until('it is undone', () => stage.landed('FeeReturned') > 0);
      await stage.world.time.sleep(stage.world.random.integer(0, 2000));
      sending.release();
      await stage.world.time.sleep(1000);
    },
  },
  {
    name: 'late-redelivery',
    about: 'a step arrives long after another process had sent it too, behind many that came later',
    plans: [place(worker), place(worker), api],
    async play(stage) {
      const { random } = stage.world;
      const sending = stage.slot(0).hold((call) => call.startsWith('append fees-'));
      await stage.order(2);
      await sending.reached;
      const more = random.integer(1, 5);
      for (let nth = 0; nth < more; nth++) await stage.order(2);
      await stage.until('all are shipped', () => stage.landed('OrderShipped') > more);
      await stage.world.time.sleep(random.integer(0, 8000));
      sending.release();
      await stage.world.time.sleep(1000);
    },
  },
  {
    name: 'affirmed-with-the-saga-behind',
    about: 'an order is affirmed just before its cut-off, and its saga hears of it after the cut-off',
    plans: [place(worker), api, api],
    async play(stage) {
      const { time, random } = stage.world;
      const order = await shippedOrder(stage, 1);
      await time.sleep(untilDueMs(stage, order) - random.integer(50, 300));
      const hearing = stage.slot(0).hold((call) => call === 'heard OrderAffirmed');
      await stage.tell(1, affirm(order));
      await hearing.reached;
      await time.sleep(untilDueMs(stage, order) + random.integer(1500, 3000));
      hearing.release();
    },
  },
  {
    name: 'share-given-up',
    about: 'a process loses its lease, and hears of an order before it has let go of its share of the sagas',
    plans: [place({ ...worker, leased: true }), api, api],
    async play(stage) {
      const { time, random } = stage.world;
      await shippedOrder(stage, 1);
      const renewing = stage.slot(0).hold((call) => call.startsWith('leases.'));
      const saving = stage.slot(0).hold((call) => call.startsWith('store.saveCheckpoint saga-feed'));
      await stage.send(1, { kind: 'deposit' });
      await Promise.all([renewing.reached, saving.reached]);
      await time.sleep(random.integer(8000, 12_000));
      await stage.order(1);
      await stage.send(2, { kind: 'deposit' });
      await time.sleep(random.integer(300, 1000));
      saving.release();
      await time.sleep(500);
      renewing.release();
    },
  },
  {
    name: 'fired-by-two',
    about: 'two processes find one timer due at the same moment, and one of them records it much later',
    plans: [place(worker), place(worker), api],
    async play(stage) {
      const { time, random } = stage.world;
      const order = await shippedOrder(stage, 2);
      await time.sleep(untilDueMs(stage, order) - 100);
      const [late, first] = [0, 1].map((index) =>
        stage.slot(index).hold((call) => call.startsWith('append saga-')),
      );
      await Promise.all([late?.reached, first?.reached]);
      first?.release();
      await stage.until('it has expired', () => stage.landed('OrderExpired') > 0);
      await time.sleep(random.integer(0, 3000));
      late?.release();
      await time.sleep(1000);
    },
  },
];
