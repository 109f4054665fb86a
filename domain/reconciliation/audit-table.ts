import type { AuditTable } from '../kernel/audit.js';

export const reconciliationAudit: AuditTable = {
  categories: { source: 'configuration', upload: 'data', run: 'trading', settlement: 'trading' },
  outcomes: { RunFailed: 'failure', NettingFailed: 'failure', SettlementFailed: 'failure' },
};
