import type { AuditTable } from '../kernel/audit.js';

export const engineAudit: AuditTable = {
  categories: { clock: 'system', saga: 'system' },
  outcomes: { StepRefused: 'failure', StepUnanswered: 'failure', SagaParked: 'failure' },
};
