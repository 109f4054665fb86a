import { sagaId } from '../../domain/engine/saga-instance.js';
import { evolveSaga, isOver, newInstance, type SagaInstance } from '../../domain/engine/saga-state.js';
import type { SagaEvent } from '../../domain/engine/saga-events.js';
import { streamName } from '../../domain/kernel/names.js';
import { affirmWithinMs, fulfilment, isRefused } from '../bank/fulfilment.js';
import { workspace, type World } from '../world.js';
import { latestShown } from './shown-time.js';
import type { Landed } from './witnessed-log.js';

export interface Order {
  readonly orderId: string;
  readonly account: string;
  readonly amount: number;
  readonly at: string;
}

/** Every order in the log. */
export function ordersIn({ log, codec }: World): readonly Order[] {
  return log.landed
    .filter(({ event }) => event.type === 'OrderPlaced')
    .map(({ event }) => {
      const { data, at } = codec.decodeSealed(event);
      return { ...(data as Omit<Order, 'at'>), at };
    });
}

/** What became of an order's saga, by its own stream. */
export function instanceOf({ log, codec }: World, { orderId }: Order): SagaInstance {
  const stream = streamName('saga', workspace, sagaId({ saga: fulfilment.name, instance: orderId }));
  return log.inStream(stream).reduce((state, { event }) => {
    const evolve = evolveSaga[event.type as SagaEvent['type']] as (
      before: SagaInstance,
      event: object,
    ) => SagaInstance;
    return evolve(state, codec.decodeSealed(event));
  }, newInstance);
}

const known = new WeakMap<World, { readonly events: number; readonly allOver: boolean }>();

export function allOver(world: World): boolean {
  const events = world.log.landed.length;
  const before = known.get(world);
  if (before?.events === events) return before.allOver;
  const found = ordersIn(world).every((order) => isOver(instanceOf(world, order)));
  known.set(world, { events, allOver: found });
  return found;
}

/** Each step once in effect, each timer once and in time, nothing left behind by what was undone (rules S1 to S3). */
export function checkSagas(world: World): void {
  for (const order of ordersIn(world)) checkOrder(world, order);
}

function checkOrder(world: World, order: Order): void {
  const { findings, log } = world;
  const { orderId } = order;
  const instance = instanceOf(world, order);
  const landed = (type: string): readonly Landed[] =>
    log.landed.filter(
      ({ event }) =>
        event.type === type &&
        typeof event.data === 'object' &&
        event.data !== null &&
        'orderId' in event.data &&
        event.data.orderId === orderId,
    );
  const taken = landed('FeeTaken');
  const returned = landed('FeeReturned');
  const shipped = landed('OrderShipped').length;
  const expired = landed('OrderExpired');
  const story = (): string =>
    `order ${orderId} (${instance.outcome}): ${taken.length} taken, ${returned.length} returned, ${shipped} shipped, ${expired.length} expired`;
  findings.expect(
    isOver(instance),
    'saga.unfinished',
    () => `${story()}: ${instance.parked ?? 'not parked'}`,
  );
  if (!isOver(instance)) return;
  findings.expect(taken.length <= 1 && returned.length <= 1 && shipped <= 1, 'saga.step-twice', story);
  findings.expect(expired.length <= 1, 'timer.twice', story);
  const [fee] = taken;
  const [undone] = returned;
  findings.expect(!fee || !undone || fee.event.position < undone.event.position, 'saga.late-original', story);
  if (instance.outcome !== 'ended') {
    findings.expect(!fee || undone !== undefined, 'saga.not-undone', story);
    return;
  }
  findings.expect(taken.length === 1 && shipped === 1 && !undone, 'saga.step-missing', story);
  findings.expect(!isRefused(order.amount), 'saga.went-on-though-refused', story);
  const due = new Date(Date.parse(order.at) + affirmWithinMs).toISOString();
  const wasDue = ({ atMs }: Landed): boolean => (latestShown(world, atMs) ?? '') >= due;
  const inTime = landed('OrderAffirmed').some((affirmed) => !wasDue(affirmed));
  findings.expect(expired.every(wasDue), 'timer.early', story);
  findings.expect(!inTime || expired.length === 0, 'timer.though-affirmed', story);
  findings.expect(landed('OrderAffirmed').length > 0 || expired.length === 1, 'timer.lost', story);
}
