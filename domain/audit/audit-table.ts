import type { AuditTable } from '../kernel/audit.js';

export const auditAudit: AuditTable = {
  categories: { access: 'access', auditRead: 'access', auditExport: 'access' },
  outcomes: { AccessDenied: 'denied', CommandsFailed: 'failure', AuditExportFailed: 'failure' },
};
