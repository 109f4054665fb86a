import type { DomainContext } from '../kernel/context.js';
import { accessLog } from './access-log.js';
import { auditAudit } from './audit-table.js';
import { auditExport } from './export.js';
import { auditExportJob } from './export-job.js';
import { trailReads } from './trail-reads.js';

export const audit: DomainContext = {
  deciders: [accessLog, trailReads, auditExport],
  sagas: [],
  jobs: [auditExportJob],
  audit: auditAudit,
};
