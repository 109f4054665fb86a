import { command, specify } from '../../kernel/testing.js';
import { MarkRunStale, RunAgain } from './commands.js';
import type { RunBook, RunEvent, RunTerms } from './events.js';
import { run } from './run.js';
import { booksInPlace } from './run-again.js';
import { upload, type Upload } from '../uploads/upload.js';

const records = { sha256: 'a'.repeat(64), bytes: 100, rows: 5 };
const bookOf = (uploadId: string, side: RunBook['side']): RunBook => ({
  uploadId,
  side,
  records,
  timeResolution: 1,
});
const terms: RunTerms = {
  runId: 'r1',
  tradeDate: '2024-06-12',
  internal: [bookOf('i1', 'internal')],
  broker: [bookOf('b1', 'broker'), bookOf('b2', 'broker')],
  tolerances: { priceBps: 1 },
  settle: true,
};
const again = (changes: Partial<RunAgain> = {}) =>
  command(RunAgain, {
    runId: 'r2',
    original: 'r1',
    terms,
    inPlace: { internal: terms.internal, broker: [bookOf('b3', 'broker')] },
    ...changes,
  });
const { given } = specify(run);

describe('a run that is run again', () => {
  it('has its terms and what is in the place of its uploads, and settles nothing twice', () => {
    const { settle: _settle, ...kept } = terms;
    const data = { ...kept, runId: 'r2', broker: [bookOf('b3', 'broker')], again: 'r1' };
    given().when(again()).then({ type: 'RunRequested', data });
    given({ type: 'RunRequested', data }).when(again()).then();
  });

  it('must be there, have changed, and have uploads left on both sides', () => {
    const { terms: _none, ...without } = again();
    given().when(command(RunAgain, without)).rejects('reconciliation.unknown-run');
    given()
      .when(again({ inPlace: { internal: terms.internal, broker: terms.broker } }))
      .rejects('reconciliation.nothing-changed');
    given()
      .when(again({ inPlace: { internal: terms.internal, broker: [] } }))
      .rejects('reconciliation.no-uploads-left');
  });
});

describe('a run whose upload goes out of use', () => {
  const requested: RunEvent = { type: 'RunRequested', data: terms };
  const data = {
    runId: 'r1',
    uploadId: 'b1',
    withdrawal: { at: '2024-06-13T07:00:00.000Z', reason: 'wrong day' },
  };
  const mark = command(MarkRunStale, data);

  it('becomes stale, whatever its state', () => {
    given(requested).when(mark).then({ type: 'RunBecameStale', data });
    given(requested, { type: 'RunFailed', data: { runId: 'r1', reason: 'no luck' } })
      .when(mark)
      .then({ type: 'RunBecameStale', data });
    given().when(mark).rejects('reconciliation.unknown-run');
  });
});

describe('what is in the place of uploads', () => {
  const recorded = (uploadId: string): NonNullable<Upload['recorded']> => ({
    ...bookOf(uploadId, 'broker'),
    source: 's',
    sourceVersion: 1,
    sha256: 'b'.repeat(64),
    bytes: 1,
    rows: 1,
    accepted: 1,
    rejected: 0,
    rejects: records,
  });
  const at = '2024-06-13T07:00:00.000Z';
  const withdrawals: Record<string, Upload['withdrawal']> = {
    gone: { at, reason: 'r' },
    first: { at, reason: 'r', by: 'second' },
    second: { at, reason: 'r', by: 'last' },
    'to-gone': { at, reason: 'r', by: 'gone' },
    one: { at, reason: 'r', by: 'other' },
    other: { at, reason: 'r', by: 'one' },
  };
  const read = (uploadId: string): Promise<Upload> =>
    Promise.resolve({ ...upload.initial, recorded: recorded(uploadId), withdrawal: withdrawals[uploadId] });
  const inPlaceOf = async (...ids: readonly string[]) =>
    (
      await booksInPlace(
        ids.map((id) => bookOf(id, 'broker')),
        read,
      )
    ).map(({ uploadId }) => uploadId);

  it('are themselves, those at the end of what superseded them, or nothing; each once', async () => {
    expect(await inPlaceOf('u1', 'first', 'gone', 'second', 'to-gone')).toEqual(['u1', 'last']);
  });

  it('are nothing where two were put in each other’s place', async () => {
    expect(await inPlaceOf('one', 'other')).toEqual([]);
  });
});
