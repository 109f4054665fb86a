import type { AnyDecider } from '../../domain/kernel/decider.js';
import type { EventDefinition } from '../../domain/kernel/event.js';
import type { AnyJob } from '../../domain/kernel/job.js';
import type { AnySaga } from '../../domain/kernel/saga.js';
import { clock } from '../../domain/engine/clock.js';
import { sagaInstances } from '../../domain/engine/saga-instance.js';
import { run } from '../../domain/reconciliation/run.js';
import { runJob } from '../../domain/reconciliation/run-job.js';
import { nettingJob } from '../../domain/reconciliation/settlement/netting-job.js';
import { settlement } from '../../domain/reconciliation/settlement/settlement.js';
import { settlementSaga } from '../../domain/reconciliation/settlement/settlement.saga.js';
import { source } from '../../domain/reconciliation/source.js';
import { upload } from '../../domain/reconciliation/upload.js';
import { apiKey } from '../../domain/tenancy/api-key.js';
import { workspace } from '../../domain/tenancy/workspace.js';
import { sealEvents } from '../../infra/audit/sealing/seal-events.js';
import { openJobs } from '../../infra/engine/jobs/open-jobs.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import { sagaList } from '../../projections/engine/sagas.js';
import { breaks } from '../../projections/reconciliation/breaks.js';
import { runs } from '../../projections/reconciliation/runs.js';
import { settlementBreaks } from '../../projections/reconciliation/settlement-breaks.js';
import { settlements } from '../../projections/reconciliation/settlements.js';
import { sources } from '../../projections/reconciliation/sources.js';
import { uploads } from '../../projections/reconciliation/uploads.js';
import { apiKeys } from '../../projections/tenancy/api-keys.js';
import { workspaces } from '../../projections/tenancy/workspaces.js';

/** What Axion consists of. A new context is listed here; docs/guides/add-a-context.md says where else. */
export const sagas: readonly AnySaga[] = [settlementSaga];

export const sagasOfAll = sagaInstances(sagas);

export const deciders: readonly AnyDecider[] = [
  workspace,
  apiKey,
  source,
  upload,
  run,
  settlement,
  clock,
  sagasOfAll,
];

export const jobs: readonly AnyJob[] = [runJob, nettingJob];

export const openJobsModel: AnyProjection = openJobs(jobs);

export const projections: readonly AnyProjection[] = [
  workspaces,
  apiKeys,
  sources,
  uploads,
  runs,
  breaks,
  settlements,
  settlementBreaks,
  openJobsModel,
  sagaList,
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
