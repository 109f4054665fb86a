import { decider } from '../../domain/kernel/decider.js';
import { Rejected } from '../../domain/kernel/errors.js';
import { event, type EventOf } from '../../domain/kernel/event.js';
import { projection } from '../../projections/kernel/projection.js';

export const accountEvents = {
  Deposited: event<{ account: string; amount: number; reference: string; purpose: string }>(),
};
export type AccountEvent = EventOf<typeof accountEvents>;

export class Deposit {
  account!: string;
  amount!: number;
  reference!: string;
  purpose!: string;
}

export interface Account {
  readonly balance: number;
  readonly deposits: number;
}

const highestBalance = 1_000_000;

/** An account that takes deposits up to a limit: a rule that needs the state. */
export const account = decider<Account, AccountEvent>()({
  category: 'benchAccount',
  events: accountEvents,
  commands: { Deposit },
  id: (command) => command.account,
  initial: { balance: 0, deposits: 0 },
  decide: {
    Deposit: ({ account, amount, reference, purpose }, { balance }) => {
      if (balance + amount > highestBalance)
        throw new Rejected('bench.too-much', 'the account takes no more', { balance });
      return [{ type: 'Deposited', data: { account, amount, reference, purpose } }];
    },
  },
  evolve: {
    Deposited: ({ balance, deposits }, { data }) => ({
      balance: balance + data.amount,
      deposits: deposits + 1,
    }),
  },
});

export interface Balance {
  readonly account: string;
  readonly balance: number;
  readonly deposits: number;
  readonly reference: string;
}

export const balances = projection<Balance, AccountEvent>({
  name: 'bench-balances',
  version: 1,
  events: accountEvents,
  key: ({ data }) => data.account,
  on: {
    Deposited: (before, { data }) => ({
      account: data.account,
      balance: (before?.balance ?? 0) + data.amount,
      deposits: (before?.deposits ?? 0) + 1,
      reference: data.reference,
    }),
  },
});

/** The nth deposit of a benchmark. Both the command's fields and the event's data. */
export function depositOf(number: number, into: string): AccountEvent['data'] {
  return {
    account: into,
    amount: (number % 9) + 1,
    reference: `deposit ${number}`,
    purpose: 'a deposit that a benchmark made, with about as many words as people write',
  };
}

/** Neighbours in the log touch documents that lie far apart, and each document is touched all through the log. */
export function accountOf(number: number, accounts: number): string {
  return `account-${(number * 7919) % accounts}`;
}
