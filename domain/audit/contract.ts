export { auditAudit } from './audit-table.js';
export {
  auditExportEvents,
  type AuditExportEvent,
  type AuditExportResult,
  type AuditExportTerms,
} from './events.js';
