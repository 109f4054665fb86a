import { decider } from '../kernel/decider.js';
import { Rejected } from '../kernel/errors.js';
import { BeginManualClock, SetClock } from './clock-commands.js';
import { clockEvents, type ClockEvent } from './clock-events.js';

interface ManualClock {
  /** Undefined: the clock is the system's. */
  readonly to: string | undefined;
}

/** There is one clock, in the platform's own workspace. */
export const clockId = 'clock';

/** The platform's manual clock: it stands still until it is set, and may be set back (rule S4). */
export const clock = decider<ManualClock, ClockEvent>()({
  category: 'clock',
  events: clockEvents,
  commands: { SetClock, BeginManualClock },
  id: () => clockId,
  initial: { to: undefined },

  decide: {
    SetClock: ({ to }, before) => {
      if (before.to === undefined)
        throw new Rejected('clock.not-manual', 'the clock is the system’s: it cannot be set');
      const normalised = inMilliseconds(to);
      return normalised === before.to ? [] : [{ type: 'ClockSet', data: { to: normalised } }];
    },

    BeginManualClock: ({ to }, before) =>
      before.to === undefined ? [{ type: 'ClockSet', data: { to: inMilliseconds(to) } }] : [],
  },

  evolve: {
    ClockSet: (_before, { data }) => ({ to: data.to }),
  },
});

function inMilliseconds(time: string): string {
  return new Date(time).toISOString();
}
