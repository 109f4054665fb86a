import { InvariantBroken } from '../../kernel/errors.js';
import { command, contextOf, specify } from '../../kernel/testing.js';
import { RecordUpload, ReinstateUpload, SupersedeUpload, UseUpload, WithdrawUpload } from './commands.js';
import type { RunBook } from '../runs/events.js';
import type { UploadEvent, UploadRecorded, UploadWithdrawal } from './events.js';
import { bookOf, upload } from './upload.js';

const recorded: UploadRecorded = {
  uploadId: 'u1',
  side: 'broker',
  source: 'broker-a',
  sourceVersion: 3,
  sha256: 'a'.repeat(64),
  bytes: 1000,
  rows: 10,
  accepted: 8,
  rejected: 2,
  timeResolution: 1000,
  records: { sha256: 'b'.repeat(64), bytes: 500, rows: 8 },
  rejects: { sha256: 'c'.repeat(64), bytes: 50, rows: 2 },
};
const record = (changes: Partial<UploadRecorded> = {}) =>
  command(RecordUpload, { upload: { ...recorded, ...changes } });

describe('an upload', () => {
  const { given } = specify(upload);
  const happened: UploadEvent = { type: 'UploadRecorded', data: recorded };

  it('is recorded', () => given().when(record()).then(happened));

  it('is recorded though every row of it was rejected', () => {
    const none = { accepted: 0, rejected: 10 };
    given()
      .when(record(none))
      .then({ type: 'UploadRecorded', data: { ...recorded, ...none } });
  });

  it('is recorded once: the same file, read by the same version, is the same upload', () =>
    given(happened).when(record()).then());

  it('keeps what it was recorded with', () =>
    given(happened)
      .when(record({ rows: 0, accepted: 0, rejected: 0 }))
      .then());

  it('holds at least one row', () =>
    given()
      .when(record({ rows: 0, accepted: 0, rejected: 0 }))
      .rejects('reconciliation.empty-upload'));

  it('never loses a row between those accepted and those rejected', () =>
    expect(() => upload.decide.RecordUpload(record({ rejected: 1 }), upload.initial, contextOf())).toThrow(
      InvariantBroken,
    ));
});

const at = '2024-06-12T20:00:00.000Z';
const reason = 'the broker sent yesterday’s file';
const used = (runId: string): UploadEvent => ({ type: 'UploadUsed', data: { uploadId: 'u1', runId } });
const withdrawn: UploadEvent = { type: 'UploadWithdrawn', data: { uploadId: 'u1', at, reason } };
const superseded: UploadEvent = { type: 'UploadSuperseded', data: { uploadId: 'u1', at, by: 'u2', reason } };
const reinstated: UploadEvent = { type: 'UploadReinstated', data: { uploadId: 'u1', reason } };
const outdated = (withdrawal: UploadWithdrawal, ...runs: readonly string[]): UploadEvent => ({
  type: 'RunsOutdated',
  data: { uploadId: 'u1', withdrawal, runs },
});
const withdraw = command(WithdrawUpload, { uploadId: 'u1', reason });
const reinstate = command(ReinstateUpload, { uploadId: 'u1', reason });
const use = (runId: string) => command(UseUpload, { uploadId: 'u1', runId });
const book: RunBook = { uploadId: 'u2', side: 'broker', records: recorded.records, timeResolution: 1 };
const supersede = (changes: Partial<SupersedeUpload> = {}) =>
  command(SupersedeUpload, { uploadId: 'u1', by: 'u2', reason, replacement: book, ...changes });

describe('an upload that goes out of use', () => {
  const { given } = specify(upload);
  const happened: UploadEvent = { type: 'UploadRecorded', data: recorded };

  it('is withdrawn for a reason, once', () => {
    given(happened).when(withdraw).then(withdrawn);
    given(happened, withdrawn).when(withdraw).then();
  });

  it('outdates the runs that have used it', () =>
    given(happened, used('r1'), used('r2'))
      .when(withdraw)
      .then(withdrawn, outdated({ at, reason }, 'r1', 'r2')));

  it('outdates them in parts that fit into an event', () => {
    const runs = Array.from({ length: 2500 }, (_none, index) => `r${index}`);
    given(happened, ...runs.map(used))
      .when(withdraw)
      .then(
        withdrawn,
        outdated({ at, reason }, ...runs.slice(0, 1000)),
        outdated({ at, reason }, ...runs.slice(1000, 2000)),
        outdated({ at, reason }, ...runs.slice(2000)),
      );
  });

  it('outdates a run that was requested at the same moment', () => {
    given(happened, withdrawn).when(use('r1')).then(used('r1'), outdated({ at, reason }, 'r1'));
    given(happened).when(use('r1')).then(used('r1'));
    given(happened, used('r1')).when(use('r1')).then();
  });

  it('is superseded by another one of its side, once', () => {
    given(happened, used('r1'))
      .when(supersede())
      .then(superseded, outdated({ at, reason, by: 'u2' }, 'r1'));
    given(happened, superseded).when(supersede()).then();
  });

  it('is superseded neither by itself, nor by one of the other side, nor twice', () => {
    given(happened)
      .when(supersede({ by: 'u1' }))
      .rejects('reconciliation.superseded-by-itself');
    given(happened)
      .when(supersede({ replacement: { ...book, side: 'internal' } }))
      .rejects('reconciliation.wrong-side');
    given(happened, superseded)
      .when(supersede({ by: 'u3' }))
      .rejects('reconciliation.upload-superseded');
    given(happened, withdrawn).when(supersede()).rejects('reconciliation.upload-withdrawn');
    given(happened, superseded).when(withdraw).rejects('reconciliation.upload-superseded');
  });

  it('is reinstated, and used again', () => {
    given(happened, withdrawn).when(reinstate).then(reinstated);
    given(happened, superseded).when(reinstate).then(reinstated);
    given(happened).when(reinstate).then();
    given(happened, withdrawn, reinstated).when(use('r1')).then(used('r1'));
    given(happened, withdrawn, reinstated).when(withdraw).then(withdrawn);
  });

  it('does not come back because its file is sent again', () => {
    given(happened, withdrawn).when(record()).rejects('reconciliation.upload-withdrawn');
    given(happened, superseded).when(record()).rejects('reconciliation.upload-superseded');
    given(happened, withdrawn, reinstated).when(record()).then();
  });

  it('was there before', () => {
    for (const asked of [withdraw, reinstate, supersede(), use('r1')])
      given().when(asked).rejects('reconciliation.unknown-upload');
  });
});

describe('the book of an upload', () => {
  it('is what its computation needs, and no more', () =>
    expect(bookOf('u1', { recorded, withdrawal: undefined })).toEqual({
      uploadId: 'u1',
      side: 'broker',
      source: 'broker-a',
      records: recorded.records,
      timeResolution: 1000,
    }));

  it('is refused where there is no such upload', () =>
    expect(() => bookOf('u1', upload.initial)).toThrow(
      expect.objectContaining({ code: 'reconciliation.unknown-upload', details: { uploadId: 'u1' } }),
    ));

  it.each([
    ['reconciliation.upload-withdrawn', { at, reason }],
    ['reconciliation.upload-superseded', { at, reason, by: 'u2' }],
  ])('is refused with %s where it is out of use', (code, withdrawal) =>
    expect(() => bookOf('u1', { recorded, withdrawal })).toThrow(
      expect.objectContaining({ code, details: { uploadId: 'u1', ...withdrawal } }),
    ),
  );
});
