export {
  auditExportEvents,
  type AuditExportEvent,
  type AuditExportResult,
  type AuditExportTerms,
  type TrailReadKind,
} from './events.js';
