import { decider } from '../kernel/decider.js';
import { Rejected } from '../kernel/errors.js';
import { jobLife } from '../kernel/job-life.js';
import {
  CompleteAuditExport,
  FailAuditExport,
  InterruptAuditExport,
  ReportAuditExport,
  RequestAuditExport,
  StartAuditExport,
} from './commands.js';
import { auditExportEvents, type AuditExportEvent } from './events.js';

export type AuditExport =
  | { readonly state: 'unknown' }
  | { readonly state: 'open'; readonly attempts: number; readonly leaves: number }
  | { readonly state: 'completed' }
  | { readonly state: 'failed' };

const life = jobLife<AuditExport>('audit', 'export');

/** A copy of a workspace's audit trail that proves itself: asked for, computed by a job, and then final. */
export const auditExport = decider<AuditExport, AuditExportEvent>()({
  category: 'auditExport',
  events: auditExportEvents,
  commands: {
    RequestAuditExport,
    StartAuditExport,
    ReportAuditExport,
    InterruptAuditExport,
    CompleteAuditExport,
    FailAuditExport,
  },
  id: ({ exportId }) => exportId,
  initial: { state: 'unknown' },

  decide: {
    RequestAuditExport: ({ exportId, workspace, from, to, checkpoint }, { state }) => {
      if (state !== 'unknown') return [];
      if (from !== undefined && to !== undefined && BigInt(from) > BigInt(to))
        throw new Rejected('audit.bad-range', 'the export would end before it begins', { from, to });
      const range = { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
      return [{ type: 'AuditExportRequested', data: { exportId, workspace, ...range, checkpoint } }];
    },

    StartAuditExport: ({ exportId }, before) => {
      const attempt = life.nextAttempt(exportId, before);
      return [{ type: 'AuditExportStarted', data: { exportId, attempt } }];
    },

    // What a second worker, or one that slept, has to tell is known already.
    ReportAuditExport: ({ exportId, leaves, of }, before) =>
      before.state === 'open' && leaves > before.leaves
        ? [{ type: 'AuditExportProgressed', data: { exportId, leaves, of } }]
        : [],

    InterruptAuditExport: ({ exportId }, before) =>
      life.isOpen(before) ? [{ type: 'AuditExportInterrupted', data: { exportId } }] : [],

    CompleteAuditExport: ({ exportId, result }, before) => {
      if (before.state === 'completed') return [];
      life.open(exportId, before);
      return [{ type: 'AuditExportCompleted', data: { exportId, ...result } }];
    },

    FailAuditExport: ({ exportId, reason }, before) => {
      if (before.state === 'failed') return [];
      life.open(exportId, before);
      return [{ type: 'AuditExportFailed', data: { exportId, reason } }];
    },
  },

  evolve: {
    AuditExportRequested: () => ({ state: 'open', attempts: 0, leaves: 0 }),
    AuditExportStarted: (before, { data }) => {
      const begun = life.begun(before, data.attempt);
      return life.isOpen(begun) ? { ...begun, leaves: 0 } : begun;
    },
    AuditExportProgressed: (before, { data }) =>
      before.state === 'open' ? { ...before, leaves: data.leaves } : before,
    AuditExportInterrupted: life.interrupted,
    AuditExportCompleted: () => ({ state: 'completed' }),
    AuditExportFailed: () => ({ state: 'failed' }),
  },
});
