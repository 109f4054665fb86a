import type { Job } from '../kernel/job.js';
import {
  CompleteAuditExport,
  FailAuditExport,
  InterruptAuditExport,
  ReportAuditExport,
  StartAuditExport,
} from './commands.js';
import { auditExportEvents, type AuditExportEvent, type AuditExportResult } from './events.js';

/** How far an export is. */
export interface AuditExportProgress {
  readonly leaves: number;
  readonly of: number;
}

/** The computation behind an export: a sealed log in, one archive out. */
export const auditExportJob: Job<AuditExportEvent, AuditExportResult, AuditExportProgress> = {
  name: 'export-audit-trail',
  events: auditExportEvents,
  requested: 'AuditExportRequested',
  finished: ['AuditExportCompleted', 'AuditExportFailed'],
  id: ({ data }) => data.exportId,
  started: (exportId) => Object.assign(new StartAuditExport(), { exportId }),
  progressed: (exportId, { leaves, of }) => Object.assign(new ReportAuditExport(), { exportId, leaves, of }),
  interrupted: (exportId) => Object.assign(new InterruptAuditExport(), { exportId }),
  completed: (exportId, result) => [Object.assign(new CompleteAuditExport(), { exportId, result })],
  failed: (exportId, reason) => Object.assign(new FailAuditExport(), { exportId, reason }),
};
