import type { Job } from '../../kernel/job.js';
import { FailReport, InterruptReport, IssueReport, StartReport } from './commands.js';
import { reportEvents, type ReportContent, type ReportEvent } from './events.js';

/** The computation behind a report: the log up to a moment in, bytes out. */
export const reportJob: Job<ReportEvent, ReportContent> = {
  name: 'write-report',
  events: reportEvents,
  requested: 'ReportRequested',
  finished: ['ReportIssued', 'ReportFailed'],
  id: ({ data }) => data.reportId,
  started: (reportId) => Object.assign(new StartReport(), { reportId }),
  interrupted: (reportId) => Object.assign(new InterruptReport(), { reportId }),
  completed: (reportId, content) => [Object.assign(new IssueReport(), { reportId, content })],
  failed: (reportId, reason) => Object.assign(new FailReport(), { reportId, reason }),
};
