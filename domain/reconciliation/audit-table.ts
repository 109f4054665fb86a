import type { AuditTable } from '../kernel/audit.js';

export const reconciliationAudit: AuditTable = {
  categories: {
    source: 'configuration',
    upload: 'data',
    run: 'trading',
    settlement: 'trading',
    break: 'trading',
    breakBulk: 'trading',
    breakPolicy: 'configuration',
    report: 'trading',
    crossReference: 'configuration',
    toleranceSet: 'configuration',
    resolutionRules: 'configuration',
  },
  outcomes: {
    RunFailed: 'failure',
    NettingFailed: 'failure',
    SettlementFailed: 'failure',
    BreakActionRefused: 'denied',
    BreakBulkFailed: 'failure',
    ReportFailed: 'failure',
  },
};
