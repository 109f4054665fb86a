import { decider } from '../../domain/kernel/decider.js';
import { Rejected } from '../../domain/kernel/errors.js';
import { event, type EventOf } from '../../domain/kernel/event.js';

export const shipmentEvents = {
  OrderShipped: event<{ orderId: string }>(),
  OrderAffirmed: event<{ orderId: string }>(),
  OrderExpired: event<{ orderId: string }>(),
};
export type ShipmentEvent = EventOf<typeof shipmentEvents>;

export class ShipOrder {
  orderId!: string;
  refused!: boolean;
}
export class AffirmOrder {
  orderId!: string;
}
export class ExpireOrder {
  orderId!: string;
}

/** What becomes of one order. */
export const shipment = decider<object, ShipmentEvent>()({
  category: 'shipment',
  events: shipmentEvents,
  commands: { ShipOrder, AffirmOrder, ExpireOrder },
  id: (command) => command.orderId,
  initial: {},

  decide: {
    ShipOrder: ({ orderId, refused }) => {
      if (refused) throw new Rejected('shipment.refused', 'it cannot be shipped');
      return [{ type: 'OrderShipped', data: { orderId } }];
    },
    AffirmOrder: (command) => [{ type: 'OrderAffirmed', data: command }],
    ExpireOrder: (command) => [{ type: 'OrderExpired', data: command }],
  },

  evolve: { OrderShipped: (state) => state, OrderAffirmed: (state) => state, OrderExpired: (state) => state },
});
