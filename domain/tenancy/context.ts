import type { DomainContext } from '../kernel/context.js';
import { apiKey } from './api-key.js';
import { tenancyAudit } from './audit-table.js';
import { workspace } from './workspace.js';

export const tenancy: DomainContext = {
  deciders: [workspace, apiKey],
  sagas: [],
  jobs: [],
  audit: tenancyAudit,
};
