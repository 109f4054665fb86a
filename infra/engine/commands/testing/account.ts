import { decider } from '../../../../domain/kernel/decider.js';
import type { Erasable } from '../../../../domain/kernel/erasable.js';
import { Rejected } from '../../../../domain/kernel/errors.js';
import { event, type EventOf } from '../../../../domain/kernel/event.js';

export const accountEvents = {
  Deposited: event<{ account: string; amount: number; memo?: string | undefined }>(),
  Withdrawn: event<{ account: string; amount: number }>(),
  TransferBegun: event<{ account: string; transferId: string }>(),
  OwnerNamed: event<{ account: string; owner: Erasable<string> }>({
    erasable: { owner: ({ account }) => `owner:${account}` },
  }),
  AccountClosed: event<{ account: string }>(),
};
export type AccountEvent = EventOf<typeof accountEvents>;

export class Deposit {
  account!: string;
  amount!: number;
  memo?: string | undefined;
  /** How many events it takes; 1 unless told. */
  parts?: number;
}
export class Withdraw {
  account!: string;
  amount!: number;
}
export class BeginTransfer {
  account!: string;
  transferId!: string;
}
export class NameOwner {
  account!: string;
  owner!: string;
}
export class CloseAccount {
  account!: string;
}

export interface Account {
  readonly balance: number;
  readonly closed: boolean;
  /** The names of the properties that the last deposit was read with. */
  readonly depositHeld: readonly string[];
}

/** An account, for specifications of what carries commands out: it refuses, it appends, it has nothing to do. */
export const account = decider<Account, AccountEvent>()({
  category: 'account',
  events: accountEvents,
  commands: { Deposit, Withdraw, BeginTransfer, NameOwner, CloseAccount },
  id: (command) => command.account,
  initial: { balance: 0, closed: false, depositHeld: [] },

  decide: {
    Deposit: ({ parts = 1, ...command }, { closed }) => {
      if (closed) throw new Rejected('account.closed', 'the account is closed');
      return Array.from({ length: parts }, () => ({ type: 'Deposited' as const, data: command }));
    },
    Withdraw: (command, { balance }) => {
      if (command.amount > balance)
        throw new Rejected('account.overdrawn', 'there is not enough', { balance });
      return [{ type: 'Withdrawn', data: command }];
    },
    BeginTransfer: (command) => [{ type: 'TransferBegun', data: command }],
    NameOwner: (command) => [{ type: 'OwnerNamed', data: command }],
    CloseAccount: (command, { closed }) => (closed ? [] : [{ type: 'AccountClosed', data: command }]),
  },

  evolve: {
    Deposited: (before, { data }) => ({
      ...before,
      balance: before.balance + data.amount,
      depositHeld: Object.keys(data),
    }),
    Withdrawn: (before, { data }) => ({ ...before, balance: before.balance - data.amount }),
    TransferBegun: (before) => before,
    OwnerNamed: (before) => before,
    AccountClosed: (before) => ({ ...before, closed: true }),
  },
});
