import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { Deposit, PlaceOrder, Rename, Withdraw } from '../bank/account.js';

export const names = ['alfa', 'bravo', 'carol'];

/** One thing that a client wants, however often it asks for it. */
export interface Request {
  readonly index: number;
  readonly account: string;
  readonly kind: 'deposit' | 'withdraw' | 'order' | 'rename';
  readonly amount: number;
  /** How many events a deposit takes. */
  readonly parts: number;
  readonly name: string;
  /** With an `Idempotency-Key`; otherwise under a command id of its own, as a saga's. */
  readonly keyed: boolean;
  readonly sendings: readonly Sending[];
}

export interface Sending {
  readonly atMs: number;
  /** Through which process, at first. */
  readonly through: number;
  /** Under the same key, and another body: refused unless it was first. */
  readonly otherBody: boolean;
}

export function drawRequests(random: SeededRandom, lengthMs: number, processes: number): Request[] {
  const accounts = Array.from({ length: random.integer(1, 3) }, (_none, index) => `account-${index}`);
  const one = <Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item =>
    items[random.integer(0, items.length - 1)] as Item;
  return Array.from({ length: random.integer(4, 14) }, (_none, index) => {
    const keyed = random.chance(0.6);
    const firstMs = random.integer(0, lengthMs);
    const sendings = Array.from({ length: random.chance(0.5) ? 1 : random.integer(2, 3) }, (_other, nth) => ({
      atMs:
        nth === 0
          ? firstMs
          : firstMs + (random.chance(0.6) ? random.integer(0, 20) : random.integer(0, 3000)),
      through: random.integer(0, processes - 1),
      otherBody: nth > 0 && keyed && random.chance(0.15),
    }));
    return {
      index,
      account: one(accounts),
      kind: one(['deposit', 'deposit', 'withdraw', 'withdraw', 'order', 'rename', 'rename'] as const),
      amount: random.integer(1, 20),
      parts: random.chance(0.3) ? 2 : 1,
      name: one(names),
      keyed,
      sendings,
    };
  });
}

/** The command of a request, as the door makes it: what is generated differs each time. */
export function commandOf(request: Request, otherBody: boolean, generatedId: string): object {
  const { account, kind, parts, name } = request;
  const amount = request.amount + (otherBody ? 1000 : 0);
  switch (kind) {
    case 'deposit':
      return Object.assign(new Deposit(), { account, amount, parts });
    case 'withdraw':
      return Object.assign(new Withdraw(), { account, amount });
    case 'order':
      return Object.assign(new PlaceOrder(), { account, amount, orderId: generatedId });
    case 'rename':
      return Object.assign(new Rename(), { account, name: otherBody ? `${name}-other` : name });
  }
}
