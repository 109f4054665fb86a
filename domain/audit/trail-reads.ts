import { decider } from '../kernel/decider.js';
import { RecordTrailRead } from './commands.js';
import { trailReadEvents, type TrailReadEvent } from './events.js';

/** Who read the audit trail of one workspace through one process on one day. */
export const trailReads = decider<Record<string, never>, TrailReadEvent>()({
  category: 'auditRead',
  events: trailReadEvents,
  commands: { RecordTrailRead },
  id: ({ log }) => log,
  initial: {},

  decide: {
    RecordTrailRead: ({ kind, query }) => [{ type: 'AuditTrailRead', data: { kind, query } }],
  },

  evolve: {
    AuditTrailRead: (log) => log,
  },
});
