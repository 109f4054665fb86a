import { decider } from '../../../../domain/kernel/decider.js';
import { event, type EventOf } from '../../../../domain/kernel/event.js';
import { saga } from '../../../../domain/kernel/saga.js';

export const reminderEvents = {
  ReminderSet: event<{ reminder: string; due: string }>(),
  ReminderDropped: event<{ reminder: string }>(),
  /** Makes the saga fail in its own code while `broken` says so. */
  ReminderShaken: event<{ reminder: string; note: string }>(),
  ReminderRung: event<{ reminder: string; due: string }>(),
};
export type ReminderEvent = EventOf<typeof reminderEvents>;

export class SetReminder {
  reminder!: string;
  due!: string;
}
export class DropReminder {
  reminder!: string;
}
export class ShakeReminder {
  reminder!: string;
  note!: string;
}
export class RingReminder {
  reminder!: string;
  due!: string;
}

/** Writes down whatever it is asked, as often as it is asked: what happens twice shows. */
export const reminder = decider<null, ReminderEvent>()({
  category: 'reminder',
  events: reminderEvents,
  commands: { SetReminder, DropReminder, ShakeReminder, RingReminder },
  id: (command) => command.reminder,
  initial: null,
  decide: {
    SetReminder: ({ reminder, due }) => [{ type: 'ReminderSet', data: { reminder, due } }],
    DropReminder: ({ reminder }) => [{ type: 'ReminderDropped', data: { reminder } }],
    ShakeReminder: ({ reminder, note }) => [{ type: 'ReminderShaken', data: { reminder, note } }],
    RingReminder: ({ reminder, due }) => [{ type: 'ReminderRung', data: { reminder, due } }],
  },
  evolve: {
    ReminderSet: () => null,
    ReminderDropped: () => null,
    ReminderShaken: () => null,
    ReminderRung: () => null,
  },
});

const { ReminderRung: _rung, ...inputs } = reminderEvents;
type ReminderInput = Exclude<ReminderEvent, { type: 'ReminderRung' }>;
export type RemindingState = { readonly notes: readonly string[] };

/** Switched on, a shaken reminder meets a fault in the saga's own code, until somebody mends it. */
export const fault = { broken: false };

/** Rings once when it is due, unless it was dropped before; set again, it is moved. */
export const reminding = saga<RemindingState, ReminderInput>()({
  name: 'reminding',
  inputs,
  commands: { RingReminder },
  initial: { notes: [] },
  id: ({ data }) => data.reminder,
  on: {
    ReminderSet: (state, { data }) => ({ state, timers: [{ name: 'ring', due: data.due }] }),
    ReminderDropped: (state) => ({ state, cancelledTimers: ['ring'], ended: true }),
    ReminderShaken: (state, { data }) => {
      if (fault.broken) throw new TypeError('nobody thought of that');
      return { state: { notes: [...state.notes, data.note] } };
    },
  },
  timers: {
    ring: (state, { due }, reminder) => ({
      state,
      steps: [{ command: Object.assign(new RingReminder(), { reminder, due }) }],
    }),
  },
});
