import { auditExportJob } from '../../domain/audit/export-job.js';
import { breakBulkJob } from '../../domain/reconciliation/breaks/bulk-job.js';
import { reportJob } from '../../domain/reconciliation/reports/report-job.js';
import { runJob } from '../../domain/reconciliation/runs/run-job.js';
import { nettingJob } from '../../domain/reconciliation/settlement/netting-job.js';
import type { Computations } from '../../infra/engine/jobs/computation.js';
import { exportTrail } from './audit/export-trail.js';
import { netSettlements } from './reconciliation/net-settlements.js';
import { readUpload } from './reconciliation/read-upload.js';
import { reconcileBooks } from './reconciliation/reconcile-books.js';
import { workOnBreaks } from './reconciliation/work-on-breaks.js';
import { writeReport } from './reconciliation/write-report.js';

/** What a computation's process can be asked for. */
export const computations: Computations = {
  'read-upload': readUpload,
  [runJob.name]: reconcileBooks,
  [nettingJob.name]: netSettlements,
  [breakBulkJob.name]: workOnBreaks,
  [reportJob.name]: writeReport,
  [auditExportJob.name]: exportTrail,
};
