import type { AnyDecider } from '../../domain/kernel/decider.js';
import type { DomainContext } from '../../domain/kernel/context.js';
import type { EventDefinition } from '../../domain/kernel/event.js';
import type { AnyJob } from '../../domain/kernel/job.js';
import type { AnySaga } from '../../domain/kernel/saga.js';
import { audit } from '../../domain/audit/context.js';
import { engineOf } from '../../domain/engine/context.js';
import { sagaInstances } from '../../domain/engine/saga-instance.js';
import { reconciliation } from '../../domain/reconciliation/context.js';
import { tenancy } from '../../domain/tenancy/context.js';
import { sealEvents } from '../../infra/audit/sealing/seal-events.js';
import { openJobs } from '../../infra/engine/jobs/open-jobs.js';
import { auditExports } from '../../projections/audit/audit-exports.js';
import { auditTrail } from '../../projections/audit/audit-trail.js';
import { sagaList } from '../../projections/engine/sagas.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import { reconciliationReadModels } from '../../projections/reconciliation/read-models.js';
import { tenancyReadModels } from '../../projections/tenancy/read-models.js';

/** What people use Axion for. A new context is listed here; docs/guides/add-a-context.md says where else. */
const used: readonly DomainContext[] = [tenancy, reconciliation, audit];

export const sagas: readonly AnySaga[] = used.flatMap((context) => context.sagas);

export const sagasOfAll = sagaInstances(sagas);

const contexts: readonly DomainContext[] = [...used, engineOf(sagasOfAll)];

export const deciders: readonly AnyDecider[] = contexts.flatMap((context) => context.deciders);

export const jobs: readonly AnyJob[] = contexts.flatMap((context) => context.jobs);

/** What there is of the audit trail: all that an aggregate says. Origin and seals are its frame, and not in it. */
export const trail: AnyProjection = auditTrail(
  deciders,
  contexts.map((context) => context.audit),
);

export const openJobsModel: AnyProjection = openJobs(jobs);

export const projections: readonly AnyProjection[] = [
  ...tenancyReadModels,
  ...reconciliationReadModels,
  openJobsModel,
  sagaList,
  trail,
  auditExports,
];

export const eventTables: readonly Readonly<Record<string, EventDefinition>>[] = [
  ...deciders.map(({ events }) => events),
  sealEvents,
];

export const auditedCategories: ReadonlySet<string> = new Set([
  'origin',
  'seal',
  ...deciders.map(({ category }) => category),
]);
