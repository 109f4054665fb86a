import { decider } from '../../domain/kernel/decider.js';
import { event, type EventOf } from '../../domain/kernel/event.js';

export const feeEvents = {
  FeeTaken: event<{ account: string; orderId: string }>(),
  FeeReturned: event<{ account: string; orderId: string; cancels: string }>({ cancels: 'cancels' }),
};
export type FeeEvent = EventOf<typeof feeEvents>;

export class TakeFee {
  account!: string;
  orderId!: string;
}

export class ReturnFee {
  account!: string;
  orderId!: string;
  /** The id of the command that took it. */
  cancels!: string;
}

/** The fees of one account. It does whatever it is told, as often as it is told, so that whatever is done twice shows. */
export const fees = decider<object, FeeEvent>()({
  category: 'fees',
  events: feeEvents,
  commands: { TakeFee, ReturnFee },
  id: (command) => command.account,
  initial: {},

  decide: {
    TakeFee: (command) => [{ type: 'FeeTaken', data: command }],
    ReturnFee: (command) => [{ type: 'FeeReturned', data: command }],
  },

  evolve: { FeeTaken: (state) => state, FeeReturned: (state) => state },
});
