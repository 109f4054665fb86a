import { Client, type Told } from './clients/client.js';
import { Operator } from './clients/operator.js';
import { ask } from './clients/order-clients.js';
import { Reader } from './clients/reader.js';
import type { Request } from './clients/requests.js';
import { StandStill } from './faults/virtual-time.js';
import { ordersIn, type Order } from './oracle/saga-oracle.js';
import { Slot, type Plan } from './slot.js';
import { seededIds, type World } from './world.js';

/** Longer than anything takes that comes by itself. */
const patienceMs = 60_000;
const lookMs = 10;

/** One history's processes, and whoever deals with them. */
export class Stage {
  readonly slots: readonly Slot[];
  readonly client: Client;
  readonly reader: Reader;
  readonly operator: Operator;
  /** What clients want, or wanted. */
  requests: readonly Request[] = [];

  constructor(
    readonly world: World,
    plans: readonly Plan[],
  ) {
    world.olderCode = plans.some(({ processes }) => processes.some(({ older }) => older));
    this.slots = plans.map((plan, index) => new Slot(world, `process-${index}`, plan));
    this.client = new Client(world, this.slots, seededIds(world.random.fork()));
    this.reader = new Reader(world);
    this.operator = new Operator(world, this.slots);
  }

  slot(index: number): Slot {
    const slot = this.slots[index];
    if (!slot) throw new RangeError(`there is no slot ${index}`);
    return slot;
  }

  /** Sends something new through one process. */
  async send(through: number, wanted: Pick<Request, 'kind'> & Partial<Request>): Promise<Told> {
    return this.sendOnce(through, this.wants(wanted));
  }

  wants(wanted: Pick<Request, 'kind'> & Partial<Request>): Request {
    const index = this.requests.length;
    const usual = { account: 'account-0', amount: 5, parts: 1, name: 'alfa', keyed: false, sendings: [] };
    const request = { index, ...usual, ...wanted };
    this.requests = [...this.requests, request];
    return request;
  }

  sendOnce(through: number, request: Request): Promise<Told> {
    return this.client.sendOnce(request, this.slot(through).current, false);
  }

  /** Places an order. @returns it, as the log has it */
  async order(through: number, amount = 5): Promise<Order> {
    const before = ordersIn(this.world).length;
    await this.send(through, { kind: 'order', amount });
    const order = ordersIn(this.world)[before];
    if (!order) throw new StandStill('an order was not placed');
    return order;
  }

  /** A command by hand, through one process. */
  async tell(through: number, command: object, id?: string): Promise<void> {
    await ask(this.world, [this.slot(through)], command, id);
  }

  /** How many events of a type the log holds. */
  landed(type: string): number {
    return this.world.log.landed.filter(({ event }) => event.type === type).length;
  }

  /** @throws StandStill when it does not come true */
  async until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const { time } = this.world;
    const deadline = time.now + patienceMs;
    while (!(await holds())) {
      if (time.now > deadline) throw new StandStill(`it did not come to this: ${what}`);
      await time.sleep(lookMs);
    }
  }
}
