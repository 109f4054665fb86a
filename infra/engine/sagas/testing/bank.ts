import { decider } from '../../../../domain/kernel/decider.js';
import { Rejected } from '../../../../domain/kernel/errors.js';
import { event, type EventOf } from '../../../../domain/kernel/event.js';
import { saga } from '../../../../domain/kernel/saga.js';

export const bankEvents = {
  PaidIn: event<{ account: string; amount: number }>(),
  TransferOrdered: event<{ transfer: string; from: string; to: string; amount: number }>(),
  Taken: event<{ account: string; transfer: string; amount: number }>(),
  Given: event<{ account: string; transfer: string; amount: number }>(),
  /** `amount` is 0 where there was nothing to give back: the order had not arrived, and never will. */
  TakingUndone: event<{ account: string; transfer: string; amount: number; cancels: string }>({
    cancels: 'cancels',
  }),
  GivingUndone: event<{ account: string; transfer: string; amount: number; cancels: string }>({
    cancels: ({ cancels }) => cancels,
  }),
  Closed: event<{ account: string }>(),
};
export type BankEvent = EventOf<typeof bankEvents>;

export class PayIn {
  account!: string;
  amount!: number;
}
export class OrderTransfer {
  /** Where the order is written down: the paying account. */
  from!: string;
  transfer!: string;
  to!: string;
  amount!: number;
}
export class Take {
  account!: string;
  transfer!: string;
  amount!: number;
}
export class Give {
  account!: string;
  transfer!: string;
  amount!: number;
}
export class UndoTaking {
  account!: string;
  transfer!: string;
  cancels?: string;
}
export class UndoGiving {
  account!: string;
  transfer!: string;
  cancels?: string;
}
export class Close {
  account!: string;
}

export interface BankAccount {
  readonly balance: number;
  readonly closed: boolean;
  /** What each transfer took from it or gave to it. */
  readonly moved: Readonly<Record<string, number>>;
}

/** Accounts that transfers move money between: what one loses another must win. */
export const bankAccount = decider<BankAccount, BankEvent>()({
  category: 'bankAccount',
  events: bankEvents,
  commands: { PayIn, OrderTransfer, Take, Give, UndoTaking, UndoGiving, Close },
  id: (command) => ('account' in command ? command.account : command.from),
  initial: { balance: 0, closed: false, moved: {} },

  decide: {
    PayIn: ({ account, amount }) => [{ type: 'PaidIn', data: { account, amount } }],
    OrderTransfer: ({ transfer, from, to, amount }) => [
      { type: 'TransferOrdered', data: { transfer, from, to, amount } },
    ],
    Take: ({ account, transfer, amount }, { balance }) => {
      if (balance < amount) throw new Rejected('bank.overdrawn', 'there is not enough', { balance });
      return [{ type: 'Taken', data: { account, transfer, amount } }];
    },
    Give: ({ account, transfer, amount }, { closed }) => {
      if (closed) throw new Rejected('bank.closed', 'the account is closed');
      return [{ type: 'Given', data: { account, transfer, amount } }];
    },
    UndoTaking: ({ account, transfer, cancels = '' }, { moved }) => [
      { type: 'TakingUndone', data: { account, transfer, amount: -(moved[transfer] ?? 0), cancels } },
    ],
    UndoGiving: ({ account, transfer, cancels = '' }, { moved }) => [
      { type: 'GivingUndone', data: { account, transfer, amount: moved[transfer] ?? 0, cancels } },
    ],
    Close: ({ account }, { closed }) => (closed ? [] : [{ type: 'Closed', data: { account } }]),
  },

  evolve: {
    PaidIn: (before, { data }) => ({ ...before, balance: before.balance + data.amount }),
    TransferOrdered: (before) => before,
    Taken: (before, { data }) => move(before, data.transfer, -data.amount),
    Given: (before, { data }) => move(before, data.transfer, data.amount),
    TakingUndone: (before, { data }) => move(before, data.transfer, data.amount),
    GivingUndone: (before, { data }) => move(before, data.transfer, -data.amount),
    Closed: (before) => ({ ...before, closed: true }),
  },
});

function move(before: BankAccount, transfer: string, amount: number): BankAccount {
  const moved = { ...before.moved, [transfer]: (before.moved[transfer] ?? 0) + amount };
  return { ...before, balance: before.balance + amount, moved };
}

type TransferOrdered = Extract<BankEvent, { type: 'TransferOrdered' }>;
type TransferState = { readonly amount: number };

const { TransferOrdered: transferOrdered } = bankEvents;

/** Takes from one account and gives to another; what cannot be given is given back. */
export const transfer = saga<TransferState, TransferOrdered>()({
  name: 'transfer',
  inputs: { TransferOrdered: transferOrdered },
  commands: { Take, Give, UndoTaking, UndoGiving },
  initial: { amount: 0 },
  id: ({ data }) => data.transfer,
  on: {
    TransferOrdered: (_before, { data: { transfer, from, to, amount } }) => ({
      state: { amount },
      steps: [
        {
          command: Object.assign(new Take(), { account: from, transfer, amount }),
          compensation: Object.assign(new UndoTaking(), { account: from, transfer }),
        },
        {
          command: Object.assign(new Give(), { account: to, transfer, amount }),
          compensation: Object.assign(new UndoGiving(), { account: to, transfer }),
        },
      ],
      ended: true,
    }),
  },
  timers: {},
});
