import type { RunEvent } from '../../domain/reconciliation/contract.js';
import { isUnderWay, stepOf } from './run-progress.js';

const stepsOf = (...names: readonly string[]) => names.map((step) => ({ step }));

describe('the progress of a run', () => {
  it.each<[RunEvent, object]>([
    [
      { type: 'RunStarted', data: { runId: 'r1', attempt: 2 } },
      { step: 'running', attempt: 2 },
    ],
    [
      { type: 'RunFailed', data: { runId: 'r1', reason: 'no luck' } },
      { step: 'failed', reason: 'no luck' },
    ],
    [
      { type: 'BreaksFound', data: { runId: 'r1', first: 500, breaks: [] } },
      { step: 'breaks-found', breaks: 500 },
    ],
    [
      {
        type: 'RunBecameStale',
        data: {
          runId: 'r1',
          uploadId: 'u1',
          withdrawal: { at: '2024-06-13T07:00:00.000Z', reason: 'wrong' },
        },
      },
      { step: 'stale', uploadId: 'u1', reason: 'wrong' },
    ],
  ])('says what happened', (event, step) => expect(stepOf(event)).toEqual(step));

  it('goes on until it is completed or failed, and what it settles is netted', () => {
    expect(isUnderWay(stepsOf('accepted', 'running', 'breaks-found'))).toBe(true);
    expect(isUnderWay(stepsOf('accepted', 'running', 'failed'))).toBe(false);
    expect(isUnderWay(stepsOf('accepted', 'running', 'completed', 'stale'))).toBe(false);
    expect(isUnderWay(stepsOf('completed', 'netting-requested', 'netting'))).toBe(true);
    expect(isUnderWay(stepsOf('completed', 'netting-requested', 'netting-completed'))).toBe(false);
    expect(isUnderWay(stepsOf('completed', 'netting-requested', 'netting-failed'))).toBe(false);
    expect(isUnderWay(stepsOf('completed', 'netting-requested', 'netting-failed', 'netting-requested'))).toBe(
      true,
    );
  });
});
