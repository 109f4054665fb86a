import { InvariantBroken } from '../kernel/errors.js';
import { command, contextOf, specify } from '../kernel/testing.js';
import { RecordUpload } from './commands.js';
import type { UploadEvent, UploadRecorded } from './events.js';
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

describe('the book of an upload', () => {
  it('is what its computation needs, and no more', () =>
    expect(bookOf('u1', { recorded })).toEqual({
      uploadId: 'u1',
      side: 'broker',
      records: recorded.records,
      timeResolution: 1000,
    }));

  it('is refused where there is no such upload', () =>
    expect(() => bookOf('u1', upload.initial)).toThrow(
      expect.objectContaining({ code: 'reconciliation.unknown-upload', details: { uploadId: 'u1' } }),
    ));
});
