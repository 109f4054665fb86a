import { saga, type Step } from '../../domain/kernel/saga.js';
import { accountEvents, type AccountEvent } from './account.js';
import { ReturnFee, TakeFee } from './fees.js';
import { ExpireOrder, ShipOrder, shipmentEvents, type ShipmentEvent } from './shipment.js';

/** From an order to the moment by which it must be affirmed. */
export const affirmWithinMs = 2500;
/** Orders of these amounts are refused when they are to be shipped. */
export const isRefused = (amount: number): boolean => amount % 4 === 0;

type Input =
  Extract<AccountEvent, { type: 'OrderPlaced' }> | Extract<ShipmentEvent, { type: 'OrderAffirmed' }>;
type State = { readonly orderId: string };

const of = <Command extends object>(type: new () => Command, fields: Partial<Command>): Command =>
  Object.assign(new type(), fields);

/** Takes a fee, ships, gives the fee back should that be refused, and lets expire what is not affirmed in time. */
export const fulfilment = saga<State, Input>()({
  name: 'fulfilment',
  inputs: { OrderPlaced: accountEvents.OrderPlaced, OrderAffirmed: shipmentEvents.OrderAffirmed },
  commands: { TakeFee, ReturnFee, ShipOrder, ExpireOrder },
  initial: { orderId: '' },
  id: ({ data }) => data.orderId,

  on: {
    OrderPlaced: (_state, { data, at }) => {
      const { account, orderId, amount } = data;
      const fee: Step = {
        command: of(TakeFee, { account, orderId }),
        compensation: of(ReturnFee, { account, orderId }),
      };
      const ship: Step = { command: of(ShipOrder, { orderId, refused: isRefused(amount) }) };
      const due = new Date(Date.parse(at) + affirmWithinMs).toISOString();
      return { state: { orderId }, steps: [fee, ship], timers: [{ name: 'cutOff', due }] };
    },
    OrderAffirmed: (state) => ({ state, cancelledTimers: ['cutOff'], ended: true }),
  },

  timers: {
    cutOff: (state, _fired, orderId) => ({
      state,
      steps: [{ command: of(ExpireOrder, { orderId }) }],
      ended: true,
    }),
  },
});
