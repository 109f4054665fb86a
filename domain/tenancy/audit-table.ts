import type { AuditTable } from '../kernel/audit.js';

export const tenancyAudit: AuditTable = {
  categories: { workspace: 'configuration', apiKey: 'access' },
  outcomes: {},
};
