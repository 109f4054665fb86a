import { command } from '../../kernel/testing.js';
import { specifySaga } from '../../kernel/saga.testing.js';
import type { RunManifest } from '../runs/events.js';
import type { ReconciliationCounts } from '../matching/result.js';
import { breakAgeingSaga } from './ageing.saga.js';
import { RequestRunBulk } from './commands.js';
import { builtInPolicy } from './policy-table.js';

const runId = 'r1';
const objectOf = (letter: string, rows: number) => ({ sha256: letter.repeat(64), bytes: 100, rows });
const standing = objectOf('c', 2);
const cleared = objectOf('d', 1);
const policy = {
  ...builtInPolicy,
  ageing: [
    { afterDays: 1, atLeast: 'high' as const },
    { afterDays: 3, atLeast: 'critical' as const },
  ],
};
const completed = (breaks: number, more: Partial<RunManifest> = {}) => ({
  type: 'RunCompleted' as const,
  at: '2024-06-12T20:00:00.000Z',
  data: {
    runId,
    counts: {} as ReconciliationCounts,
    manifest: { matches: objectOf('a', 5), breaks: objectOf('b', breaks), standing, ...more },
    breakPolicy: policy,
  },
});
const stateAt = (step: number) => ({
  found: JSON.stringify(standing),
  foundAt: '2024-06-12T20:00:00.000Z',
  policy: JSON.stringify(policy),
  step,
});
const escalation = (afterDays: number) => ({
  command: command(RequestRunBulk, {
    bulkId: `r1.aged-${afterDays}`,
    action: { kind: 'escalate', afterDays },
    breaks: standing,
    policy,
    ofRun: runId,
  }),
});
const clearing = {
  command: command(RequestRunBulk, {
    bulkId: 'r1.cleared',
    action: { kind: 'clear', byRun: runId },
    breaks: cleared,
    policy,
  }),
};
const first = { name: 'deadline', due: '2024-06-13T20:00:00.000Z' };
const second = { name: 'deadline', due: '2024-06-15T20:00:00.000Z' };
const { given, in: inState, concerns } = specifySaga(breakAgeingSaga, runId);

describe('what a completed run sets going', () => {
  it('is one instance for all of its breaks', () => expect(concerns(completed(5000))).toEqual([runId]));

  it('is nothing where it found no break and cleared none', () => given().whenEvent(completed(0)).ignores());

  it('waits for the first deadline of its breaks', () =>
    given()
      .whenEvent(completed(2))
      .then({ state: stateAt(0), timers: [first] }));

  it('clears breaks of earlier runs at once', () => {
    given()
      .whenEvent(completed(2, { cleared }))
      .then({ state: stateAt(0), steps: [clearing], timers: [first] });
    given()
      .whenEvent(completed(0, { cleared }))
      .then({ state: stateAt(0), steps: [clearing], ended: true });
  });

  it('takes back what the run that it continues cleared, and it does not', () =>
    given()
      .whenEvent(completed(0, { restored: cleared }))
      .then({
        state: stateAt(0),
        steps: [
          {
            command: command(RequestRunBulk, {
              bulkId: 'r1.restored',
              action: { kind: 'restore', reason: 'run r1 does not find what cleared it' },
              breaks: cleared,
              policy,
            }),
          },
        ],
        ended: true,
      }));

  it('escalates what is open at each deadline, and ends after the last', () => {
    inState(stateAt(0))
      .whenTimer('deadline', first.due)
      .then({ state: stateAt(1), steps: [escalation(1)], timers: [second] });
    inState(stateAt(1))
      .whenTimer('deadline', second.due)
      .then({ state: stateAt(2), steps: [escalation(3)], ended: true });
  });
});

describe('the breaks of a match that was unmade', () => {
  const records = objectOf('e', 2);
  const missing = {
    type: 'missingAtBroker' as const,
    internal: ['T1'],
    broker: [],
    explanation: 'unmade',
    notional: '1',
    currency: 'USD',
  };
  const unmade = (breaks: readonly (typeof missing)[]) => ({
    type: 'MatchUnmade' as const,
    at: '2024-06-12T20:00:00.000Z',
    data: {
      runId,
      match: 4,
      internal: ['T1'],
      broker: ['X1'],
      first: 2,
      breaks,
      records,
      reason: 'two trades',
      by: 'key:ann',
      tradeDate: '2024-06-12',
      breakPolicy: policy,
    },
  });
  const state = { ...stateAt(0), found: JSON.stringify(records), ofRun: runId };
  const { given: ofMatch, in: inMatch, concerns: concerned } = specifySaga(breakAgeingSaga, 'r1.unmade-4');

  it('come of age from then on, by themselves', () => {
    expect(concerned(unmade([missing]))).toEqual(['r1.unmade-4']);
    ofMatch()
      .whenEvent(unmade([missing]))
      .then({ state, timers: [first] });
    inMatch(state)
      .whenTimer('deadline', first.due)
      .then({
        state: { ...state, step: 1 },
        steps: [
          {
            command: command(RequestRunBulk, {
              bulkId: 'r1.unmade-4.aged-1',
              action: { kind: 'escalate', afterDays: 1 },
              breaks: records,
              policy,
              ofRun: runId,
            }),
          },
        ],
        timers: [second],
      });
  });

  it('are none where all of its records have breaks of earlier runs', () =>
    ofMatch().whenEvent(unmade([])).ignores());
});
