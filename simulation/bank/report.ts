import { decider } from '../../domain/kernel/decider.js';
import { Rejected } from '../../domain/kernel/errors.js';
import { event, type EventOf } from '../../domain/kernel/event.js';
import type { Job } from '../../domain/kernel/job.js';

/** What its computation comes to: an output, a refusal, or the death of whoever computes it. */
export type Fate = 'easy' | 'refused' | 'deadly';

export const reportEvents = {
  ReportRequested: event<{ report: string; fate: Fate }>(),
  ReportStarted: event<{ report: string }>(),
  ReportInterrupted: event<{ report: string }>(),
  ReportCompleted: event<{ report: string; text: string }>(),
  ReportFailed: event<{ report: string; reason: string }>(),
};
export type ReportEvent = EventOf<typeof reportEvents>;

export class RequestReport {
  report!: string;
  fate!: Fate;
}
export class StartReport {
  report!: string;
}
export class InterruptReport {
  report!: string;
}
export class CompleteReport {
  report!: string;
  text!: string;
}
export class FailReport {
  report!: string;
  reason!: string;
}

interface Report {
  readonly requested: boolean;
  readonly attempts: number;
  readonly finished: boolean;
}

export const maximumAttempts = 3;

export const report = decider<Report, ReportEvent>()({
  category: 'report',
  events: reportEvents,
  commands: { RequestReport, StartReport, InterruptReport, CompleteReport, FailReport },
  id: (command) => command.report,
  initial: { requested: false, attempts: 0, finished: false },

  decide: {
    RequestReport: (command, { requested }) =>
      requested ? [] : [{ type: 'ReportRequested', data: command }],
    StartReport: (command, { attempts, finished }) => {
      if (finished) throw new Rejected('report.finished', 'it is finished');
      if (attempts >= maximumAttempts) throw new Rejected('report.too-often', 'it was tried too often');
      return [{ type: 'ReportStarted', data: command }];
    },
    InterruptReport: (command, { attempts, finished }) =>
      finished || attempts === 0 ? [] : [{ type: 'ReportInterrupted', data: command }],
    CompleteReport: (command, { finished }) => (finished ? [] : [{ type: 'ReportCompleted', data: command }]),
    FailReport: (command, { finished }) => (finished ? [] : [{ type: 'ReportFailed', data: command }]),
  },

  evolve: {
    ReportRequested: (state) => ({ ...state, requested: true }),
    ReportStarted: (state) => ({ ...state, attempts: state.attempts + 1 }),
    ReportInterrupted: (state) => ({ ...state, attempts: state.attempts - 1 }),
    ReportCompleted: (state) => ({ ...state, finished: true }),
    ReportFailed: (state) => ({ ...state, finished: true }),
  },
});

const of = <Command extends object>(type: new () => Command, fields: Command): Command =>
  Object.assign(new type(), fields);

export const reportJob: Job<ReportEvent, { text: string }> = {
  name: 'report',
  events: reportEvents,
  requested: 'ReportRequested',
  finished: ['ReportCompleted', 'ReportFailed'],
  id: ({ data }) => data.report,
  started: (id) => of(StartReport, { report: id }),
  interrupted: (id) => of(InterruptReport, { report: id }),
  completed: (id, { text }) => [of(CompleteReport, { report: id, text })],
  failed: (id, reason) => of(FailReport, { report: id, reason }),
};
