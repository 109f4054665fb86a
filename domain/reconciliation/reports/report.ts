import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import { jobLife } from '../../kernel/job-life.js';
import { FailReport, InterruptReport, IssueReport, RequestReport, StartReport } from './commands.js';
import { reportEvents, type ReportEvent, type ReportTerms } from './events.js';

/** In days: what one report may cover. */
const longestPeriod = 366;

export type Report =
  | { readonly state: 'unknown' }
  | { readonly state: 'open'; readonly attempts: number; readonly terms: ReportTerms }
  | { readonly state: 'issued' }
  | { readonly state: 'failed' };

const life = jobLife<Report>('reconciliation', 'report');

/** What is reported of a workspace as of a moment: asked for, written by a job, and then kept byte for byte. */
export const report = decider<Report, ReportEvent>()({
  category: 'report',
  events: reportEvents,
  commands: { RequestReport, StartReport, InterruptReport, IssueReport, FailReport },
  id: ({ reportId }) => reportId,
  initial: { state: 'unknown' },

  decide: {
    RequestReport: ({ reportId, workspace, kind, from, to, moment: asOf }, { state }) => {
      if (state !== 'unknown') return [];
      const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
      if (days < 0 || days > longestPeriod || (kind === 'daily' && days !== 0))
        throw new Rejected(
          'reconciliation.bad-period',
          kind === 'daily'
            ? 'a daily report is of one day'
            : `a period begins before it ends, and is at most ${longestPeriod} days long`,
          { from, to },
        );
      return [{ type: 'ReportRequested', data: { reportId, workspace, kind, from, to, asOf } }];
    },

    StartReport: ({ reportId }, before) => {
      return [{ type: 'ReportStarted', data: { reportId, attempt: life.nextAttempt(reportId, before) } }];
    },

    InterruptReport: ({ reportId }, before) =>
      life.isOpen(before) ? [{ type: 'ReportInterrupted', data: { reportId } }] : [],

    IssueReport: ({ reportId, content }, before) => {
      if (before.state === 'issued') return [];
      const { terms } = life.open(reportId, before);
      return [{ type: 'ReportIssued', data: { ...terms, ...content } }];
    },

    FailReport: ({ reportId, reason }, before) => {
      if (before.state === 'failed') return [];
      life.open(reportId, before);
      return [{ type: 'ReportFailed', data: { reportId, reason } }];
    },
  },

  evolve: {
    ReportRequested: (_before, { data }) => ({ state: 'open', attempts: 0, terms: data }),
    ReportStarted: (before, { data }) => life.begun(before, data.attempt),
    ReportInterrupted: life.interrupted,
    ReportIssued: () => ({ state: 'issued' }),
    ReportFailed: () => ({ state: 'failed' }),
  },
});
