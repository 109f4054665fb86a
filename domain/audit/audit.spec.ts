import { erased } from '../kernel/erasable.js';
import { command, specify } from '../kernel/testing.js';
import { accessLog } from './access-log.js';
import {
  CompleteAuditExport,
  FailAuditExport,
  InterruptAuditExport,
  RecordRefusals,
  RecordTrailRead,
  ReportAuditExport,
  RequestAuditExport,
  StartAuditExport,
} from './commands.js';
import type { AuditExportEvent } from './events.js';
import { auditExport } from './export.js';
import { trailReads } from './trail-reads.js';

describe('an export of the audit trail', () => {
  const { given } = specify(auditExport);
  const exportId = 'e1';
  const terms = { exportId, workspace: 'acme', checkpoint: 'a note' };
  const result = { archive: { sha256: 'ab', bytes: 10 }, first: 0, size: 5, root: 'cd' };
  const requested: AuditExportEvent = { type: 'AuditExportRequested', data: terms };
  const started = (attempt: number): AuditExportEvent => ({
    type: 'AuditExportStarted',
    data: { exportId, attempt },
  });
  const progressed: AuditExportEvent = {
    type: 'AuditExportProgressed',
    data: { exportId, leaves: 3, of: 5 },
  };
  const interrupted: AuditExportEvent = { type: 'AuditExportInterrupted', data: { exportId } };
  const completed: AuditExportEvent = { type: 'AuditExportCompleted', data: { exportId, ...result } };
  const failed: AuditExportEvent = { type: 'AuditExportFailed', data: { exportId, reason: 'why' } };
  const request = command(RequestAuditExport, terms);
  const start = command(StartAuditExport, { exportId });
  const report = command(ReportAuditExport, { exportId, leaves: 3, of: 5 });
  const interrupt = command(InterruptAuditExport, { exportId });
  const complete = command(CompleteAuditExport, { exportId, result });
  const fail = command(FailAuditExport, { exportId, reason: 'why' });

  it('is asked for once', () => {
    given().when(request).then(requested);
    given(requested).when(request).then();
  });
  it('may begin and end where somebody says', () =>
    given()
      .when(command(RequestAuditExport, { ...terms, from: '5', to: '5' }))
      .then({ type: 'AuditExportRequested', data: { ...terms, from: '5', to: '5' } }));
  it('does not end before it begins', () =>
    given()
      .when(command(RequestAuditExport, { ...terms, from: '10', to: '9' }))
      .rejects('audit.bad-range'));
  it('counts its attempts, and takes back the ones that the platform ended', () => {
    given(requested, started(1)).when(start).then(started(2));
    given(requested, started(1), interrupted).when(start).then(started(1));
    given(requested, started(1), started(2), started(3)).when(start).rejects('audit.attempts-exhausted');
  });
  it('says how far it is, and never that it went back', () => {
    given(requested, started(1)).when(report).then(progressed);
    given(requested, started(1), progressed).when(report).then();
    given(requested, started(1), progressed, started(2)).when(report).then(progressed);
    given(requested, completed).when(report).then();
  });
  it('is completed once, and then final', () => {
    given(requested, started(1)).when(complete).then(completed);
    given(requested, completed).when(complete).then();
    given(requested, completed).when(fail).rejects('audit.export-finished');
    given(requested, completed).when(interrupt).then();
  });
  it('fails once, and then is final', () => {
    given(requested).when(fail).then(failed);
    given(requested, failed).when(fail).then();
    given(requested, failed).when(complete).rejects('audit.export-finished');
  });
  it('cannot go on where nobody asked for it', () => given().when(start).rejects('audit.unknown-export'));
});

it('refusals are recorded as denied or failed', () => {
  const refusals = {
    principal: 'key:a',
    code: 'x',
    minute: '2024-06-12T20:00:00.000Z',
    count: 2,
    route: 'GET /',
  };
  const { when } = specify(accessLog).given();
  when(command(RecordRefusals, { log: 'l', outcome: 'denied', refusals })).then({
    type: 'AccessDenied',
    data: refusals,
  });
  when(command(RecordRefusals, { log: 'l', outcome: 'failure', refusals })).then({
    type: 'CommandsFailed',
    data: refusals,
  });
});

it('each read of the trail is recorded, also after what was searched for is erased', () => {
  const data = { kind: 'events' as const, query: { actor: 'key:a' } };
  specify(trailReads)
    .given({ type: 'AuditTrailRead', data: { kind: 'events', query: erased } })
    .when(command(RecordTrailRead, { log: 'l', ...data }))
    .then({ type: 'AuditTrailRead', data });
});
