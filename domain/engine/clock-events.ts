import { event, type EventOf } from '../kernel/event.js';

export const clockEvents = {
  /** `to`: RFC 3339, UTC, milliseconds. */
  ClockSet: event<{ readonly to: string }>(),
};
export type ClockEvent = EventOf<typeof clockEvents>;
