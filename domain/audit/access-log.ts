import { decider } from '../kernel/decider.js';
import { RecordRefusals } from './commands.js';
import { refusalEvents, type RefusalEvent } from './events.js';

/** What one process refused in one workspace on one day (rule C9). */
export const accessLog = decider<Record<string, never>, RefusalEvent>()({
  category: 'access',
  events: refusalEvents,
  commands: { RecordRefusals },
  id: ({ log }) => log,
  initial: {},

  decide: {
    RecordRefusals: ({ outcome, refusals }) => [
      { type: outcome === 'denied' ? 'AccessDenied' : 'CommandsFailed', data: refusals },
    ],
  },

  evolve: {
    AccessDenied: (log) => log,
    CommandsFailed: (log) => log,
  },
});
