import { command, specify } from '../../kernel/testing.js';
import { FailReport, InterruptReport, IssueReport, RequestReport, StartReport } from './commands.js';
import type { ReportEvent } from './events.js';
import { report } from './report.js';

const reportId = 'p1';
const day = '2024-06-12';
const asOf = { position: '4096', time: '2024-06-12T21:00:00.000Z' };
const object = { sha256: 'a'.repeat(64), bytes: 10, rows: 2 };
const content = { json: object, csv: { ...object, sha256: 'b'.repeat(64) } };
const request = (fields: Partial<RequestReport> = {}) =>
  command(RequestReport, {
    reportId,
    workspace: 'acme',
    kind: 'daily',
    from: day,
    to: day,
    moment: asOf,
    ...fields,
  });
const terms = { reportId, workspace: 'acme', kind: 'daily' as const, from: day, to: day, asOf };
const requested: ReportEvent = { type: 'ReportRequested', data: terms };
const started = (attempt: number): ReportEvent => ({ type: 'ReportStarted', data: { reportId, attempt } });
const issued: ReportEvent = { type: 'ReportIssued', data: { ...terms, ...content } };
const start = command(StartReport, { reportId });
const issue = command(IssueReport, { reportId, content });
const fail = command(FailReport, { reportId, reason: 'no luck' });
const { given } = specify(report);

describe('a report', () => {
  it('is asked for as of a moment', () => {
    given().when(request()).then(requested);
    given(requested).when(request()).then();
  });

  it.each<[string, Partial<RequestReport>]>([
    ['a daily one of two days', { to: '2024-06-13' }],
    ['a period that ends before it begins', { kind: 'period', to: '2024-06-11' }],
    ['a period of more than a year', { kind: 'period', to: '2025-06-14' }],
  ])('is not %s', (_what, fields) => given().when(request(fields)).rejects('reconciliation.bad-period'));

  it('is issued once, on its own terms', () => {
    given(requested, started(1)).when(issue).then(issued);
    given(requested, started(1), issued).when(issue).then();
    given(requested, started(1), issued).when(fail).rejects('reconciliation.report-finished');
    given().when(start).rejects('reconciliation.unknown-report');
  });

  it('counts its attempts, but not those that the platform ended', () => {
    given(requested, started(1)).when(start).then(started(2));
    given(requested, started(3)).when(start).rejects('reconciliation.attempts-exhausted');
    const interrupted: ReportEvent = { type: 'ReportInterrupted', data: { reportId } };
    given(requested, started(3)).when(command(InterruptReport, { reportId })).then(interrupted);
    given(requested, started(3), interrupted).when(start).then(started(3));
  });

  it('says why it failed', () =>
    given(requested, started(1))
      .when(fail)
      .then({ type: 'ReportFailed', data: { reportId, reason: 'no luck' } }));
});
