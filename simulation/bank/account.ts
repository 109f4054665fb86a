import { Generated } from '../../domain/kernel/command.js';
import { decider } from '../../domain/kernel/decider.js';
import { Rejected } from '../../domain/kernel/errors.js';
import { event, type EventOf } from '../../domain/kernel/event.js';

export const accountEvents = {
  Deposited: event<{ account: string; amount: number; part: number }>(),
  Withdrawn: event<{ account: string; amount: number }>(),
  OrderPlaced: event<{ account: string; orderId: string; amount: number }>(),
  Renamed: event<{ account: string; before: string; name: string }>(),
};
export type AccountEvent = EventOf<typeof accountEvents>;

export class Deposit {
  account!: string;
  amount!: number;
  /** How many events it takes. */
  parts!: number;
}

export class Withdraw {
  account!: string;
  amount!: number;
}

export class PlaceOrder {
  account!: string;
  amount!: number;
  @Generated() orderId!: string;
}

export class Rename {
  account!: string;
  name!: string;
}

export interface Account {
  readonly balance: number;
  readonly name: string;
}

/** The aggregate of the simulation: it appends one event or several, refuses, has nothing to do, and names what it made. */
export const account = decider<Account, AccountEvent>()({
  category: 'account',
  events: accountEvents,
  commands: { Deposit, Withdraw, PlaceOrder, Rename },
  id: (command) => command.account,
  initial: { balance: 0, name: '' },

  decide: {
    Deposit: ({ account, amount, parts }) =>
      Array.from({ length: parts }, (_none, part) => ({
        type: 'Deposited' as const,
        data: { account, amount, part },
      })),
    Withdraw: ({ account, amount }, { balance }) => {
      if (amount > balance) throw new Rejected('account.overdrawn', 'there is not enough', { balance });
      return [{ type: 'Withdrawn', data: { account, amount } }];
    },
    PlaceOrder: ({ account, amount, orderId }) => [
      { type: 'OrderPlaced', data: { account, amount, orderId } },
    ],
    Rename: ({ account, name }, { name: before }) =>
      name === before ? [] : [{ type: 'Renamed', data: { account, before, name } }],
  },

  evolve: {
    Deposited: (state, { data }) => ({ ...state, balance: state.balance + data.amount }),
    Withdrawn: (state, { data }) => ({ ...state, balance: state.balance - data.amount }),
    OrderPlaced: (state) => state,
    Renamed: (state, { data }) => ({ ...state, name: data.name }),
  },
});
