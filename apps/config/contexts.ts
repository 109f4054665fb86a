import type { AnyDecider } from '../../domain/kernel/decider.js';
import type { EventDefinition } from '../../domain/kernel/event.js';
import type { AnyJob } from '../../domain/kernel/job.js';
import type { AnySaga } from '../../domain/kernel/saga.js';
import { accessLog } from '../../domain/audit/access-log.js';
import { auditAudit } from '../../domain/audit/contract.js';
import { auditExport } from '../../domain/audit/export.js';
import { auditExportJob } from '../../domain/audit/export-job.js';
import { trailReads } from '../../domain/audit/trail-reads.js';
import { engineAudit } from '../../domain/engine/contract.js';
import { clock } from '../../domain/engine/clock.js';
import { sagaInstances } from '../../domain/engine/saga-instance.js';
import { reconciliationAudit } from '../../domain/reconciliation/contract.js';
import { breakAgeingSaga } from '../../domain/reconciliation/breaks/ageing.saga.js';
import { brokenTrade } from '../../domain/reconciliation/breaks/break.js';
import { breakBulk } from '../../domain/reconciliation/breaks/bulk.js';
import { breakBulkJob } from '../../domain/reconciliation/breaks/bulk-job.js';
import { breakPolicy } from '../../domain/reconciliation/breaks/policy.js';
import { crossReference } from '../../domain/reconciliation/instruments/cross-reference.js';
import { handMatchSaga } from '../../domain/reconciliation/hand-matches/hand-match.saga.js';
import { ruleApplicationSaga } from '../../domain/reconciliation/resolution-rules/application.saga.js';
import { resolutionRules } from '../../domain/reconciliation/resolution-rules/resolution-rules.js';
import { toleranceSet } from '../../domain/reconciliation/tolerance-sets/tolerance-set.js';
import { report } from '../../domain/reconciliation/reports/report.js';
import { reportJob } from '../../domain/reconciliation/reports/report-job.js';
import { run } from '../../domain/reconciliation/run.js';
import { runJob } from '../../domain/reconciliation/run-job.js';
import { nettingJob } from '../../domain/reconciliation/settlement/netting-job.js';
import { settlement } from '../../domain/reconciliation/settlement/settlement.js';
import { settlementSaga } from '../../domain/reconciliation/settlement/settlement.saga.js';
import { source } from '../../domain/reconciliation/source.js';
import { upload } from '../../domain/reconciliation/upload.js';
import { uploadUseSaga } from '../../domain/reconciliation/upload-use.saga.js';
import { tenancyAudit } from '../../domain/tenancy/contract.js';
import { apiKey } from '../../domain/tenancy/api-key.js';
import { workspace } from '../../domain/tenancy/workspace.js';
import { sealEvents } from '../../infra/audit/sealing/seal-events.js';
import { openJobs } from '../../infra/engine/jobs/open-jobs.js';
import type { AnyProjection } from '../../projections/kernel/projection.js';
import { auditExports } from '../../projections/audit/audit-exports.js';
import { auditTrail } from '../../projections/audit/audit-trail.js';
import { sagaList } from '../../projections/engine/sagas.js';
import { breakBulks } from '../../projections/reconciliation/break-bulks.js';
import { breakPolicies } from '../../projections/reconciliation/break-policies.js';
import { breakTrends } from '../../projections/reconciliation/break-trends.js';
import { breaks } from '../../projections/reconciliation/breaks.js';
import { instruments } from '../../projections/reconciliation/instruments.js';
import { resolutionRuleList } from '../../projections/reconciliation/resolution-rules.js';
import { toleranceSets } from '../../projections/reconciliation/tolerance-sets.js';
import { reports } from '../../projections/reconciliation/reports.js';
import { runs } from '../../projections/reconciliation/runs.js';
import { settlementBreaks } from '../../projections/reconciliation/settlement-breaks.js';
import { settlements } from '../../projections/reconciliation/settlements.js';
import { sources } from '../../projections/reconciliation/sources.js';
import { uploads } from '../../projections/reconciliation/uploads.js';
import { apiKeys } from '../../projections/tenancy/api-keys.js';
import { workspaces } from '../../projections/tenancy/workspaces.js';

/** What Axion consists of. A new context is listed here; docs/guides/add-a-context.md says where else. */
export const sagas: readonly AnySaga[] = [
  settlementSaga,
  breakAgeingSaga,
  ruleApplicationSaga,
  handMatchSaga,
  uploadUseSaga,
];

export const sagasOfAll = sagaInstances(sagas);

export const deciders: readonly AnyDecider[] = [
  workspace,
  apiKey,
  source,
  upload,
  run,
  settlement,
  crossReference,
  toleranceSet,
  resolutionRules,
  brokenTrade,
  breakPolicy,
  breakBulk,
  report,
  clock,
  sagasOfAll,
  accessLog,
  trailReads,
  auditExport,
];

export const jobs: readonly AnyJob[] = [runJob, nettingJob, breakBulkJob, reportJob, auditExportJob];

/** What there is of the audit trail: all that an aggregate says. Origin and seals are its frame, and not in it. */
export const trail: AnyProjection = auditTrail(deciders, [
  tenancyAudit,
  reconciliationAudit,
  engineAudit,
  auditAudit,
]);

export const openJobsModel: AnyProjection = openJobs(jobs);

export const projections: readonly AnyProjection[] = [
  workspaces,
  apiKeys,
  sources,
  uploads,
  runs,
  breaks,
  instruments,
  toleranceSets,
  resolutionRuleList,
  breakTrends,
  breakPolicies,
  breakBulks,
  reports,
  settlements,
  settlementBreaks,
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
