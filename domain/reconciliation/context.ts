import type { DomainContext } from '../kernel/context.js';
import { reconciliationAudit } from './audit-table.js';
import { breakAgeingSaga } from './breaks/ageing.saga.js';
import { brokenTrade } from './breaks/break.js';
import { breakBulk } from './breaks/bulk.js';
import { breakBulkJob } from './breaks/bulk-job.js';
import { breakPolicy } from './breaks/policy.js';
import { handMatchSaga } from './hand-matches/hand-match.saga.js';
import { crossReference } from './instruments/cross-reference.js';
import { report } from './reports/report.js';
import { reportJob } from './reports/report-job.js';
import { ruleApplicationSaga } from './resolution-rules/application.saga.js';
import { resolutionRules } from './resolution-rules/resolution-rules.js';
import { run } from './runs/run.js';
import { runJob } from './runs/run-job.js';
import { nettingJob } from './settlement/netting-job.js';
import { settlement } from './settlement/settlement.js';
import { settlementSaga } from './settlement/settlement.saga.js';
import { source } from './uploads/source.js';
import { toleranceSet } from './tolerance-sets/tolerance-set.js';
import { upload } from './uploads/upload.js';
import { unmadeMatchSaga } from './unmade-matches/unmade-match.saga.js';
import { uploadUseSaga } from './uploads/upload-use.saga.js';

export const reconciliation: DomainContext = {
  deciders: [
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
  ],
  sagas: [
    settlementSaga,
    breakAgeingSaga,
    ruleApplicationSaga,
    handMatchSaga,
    unmadeMatchSaga,
    uploadUseSaga,
  ],
  jobs: [runJob, nettingJob, breakBulkJob, reportJob],
  audit: reconciliationAudit,
};
