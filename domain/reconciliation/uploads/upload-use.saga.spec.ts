import { specifySaga } from '../../kernel/saga.testing.js';
import { command } from '../../kernel/testing.js';
import { MarkRunStale } from '../runs/commands.js';
import { UseUpload } from './commands.js';
import type { RunBook } from '../runs/events.js';
import { uploadUseSaga } from './upload-use.saga.js';

const bookOf = (uploadId: string, side: RunBook['side']): RunBook => ({
  uploadId,
  side,
  records: { sha256: 'a'.repeat(64), bytes: 1, rows: 1 },
  timeResolution: 1,
});
const requested = {
  type: 'RunRequested' as const,
  data: {
    runId: 'r1',
    tradeDate: '2024-06-12',
    internal: [bookOf('i1', 'internal')],
    broker: [bookOf('b1', 'broker')],
    tolerances: {},
  },
};
const withdrawal = { at: '2024-06-13T07:00:00.000Z', reason: 'wrong day' };
const outdated = {
  type: 'RunsOutdated' as const,
  data: { uploadId: 'b1', withdrawal, runs: ['r1', 'r2'] },
};
const { given, concerns } = specifySaga(uploadUseSaga);

describe('the saga of uploads and the runs that use them', () => {
  it('has an instance for each run, and for each event that outdates runs', () => {
    expect(concerns(requested)).toEqual(['r1']);
    expect(concerns({ ...outdated, id: 'event-7' })).toEqual(['event-7']);
  });

  it('tells each upload of a run that it is used', () =>
    given()
      .whenEvent(requested)
      .then({
        state: {},
        steps: ['i1', 'b1'].map((uploadId) => ({ command: command(UseUpload, { uploadId, runId: 'r1' }) })),
        ended: true,
      }));

  it('tells each run of an upload that it is out of use', () =>
    given()
      .whenEvent(outdated)
      .then({
        state: {},
        steps: ['r1', 'r2'].map((runId) => ({
          command: command(MarkRunStale, { runId, uploadId: 'b1', withdrawal }),
        })),
        ended: true,
      }));
});
