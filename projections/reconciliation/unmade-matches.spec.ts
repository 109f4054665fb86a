import type { Break, RunEvent } from '../../domain/reconciliation/contract.js';
import { builtInPolicy } from '../../domain/reconciliation/contract.js';
import { fold } from '../kernel/testing.js';
import { breakTrends } from './break-trends.js';
import { breaks, type ListedBreak } from './breaks.js';
import { stepOf } from './run-progress.js';
import { runs } from './runs.js';

const at = '2024-06-12T20:00:00.000Z';
const records = { sha256: 'a'.repeat(64), bytes: 10, rows: 3 };
const missing = (type: 'missingAtBroker' | 'missingInternal', name: string): Break => ({
  type,
  internal: type === 'missingAtBroker' ? [name] : [],
  broker: type === 'missingInternal' ? [name] : [],
  explanation: 'match 7 of this run (nearest) was unmade by hand',
  notional: '20000',
  currency: 'USD',
});
const found = [missing('missingAtBroker', 'T1'), missing('missingInternal', 'X1')];
const unmade: RunEvent & { type: 'MatchUnmade' } = {
  type: 'MatchUnmade',
  data: {
    runId: 'r1',
    match: 7,
    internal: ['T1'],
    broker: ['X1', 'X0'],
    first: 3,
    breaks: found,
    records,
    restored: [
      {
        terms: { ...missing('missingInternal', 'X0'), breakId: 'r0.00000004', runId: 'r0' },
        clearing: { byRun: 'r1', how: 'match', match: 7 },
      },
    ],
    reason: 'two trades',
    by: 'key:ann',
    tradeDate: '2024-06-11',
  },
};

const listed = (index: number): ListedBreak => ({
  ...found[index]!,
  breakId: `r1.0000000${3 + index}`,
  runId: 'r1',
  tradeDate: '2024-06-11',
  foundAt: at,
  state: 'open',
  severity: 'medium',
  policyVersion: 0,
  comments: 0,
  openSince: at,
  changedAt: at,
});

describe('a match that was unmade', () => {
  it('left breaks of its run', () => {
    const folded = fold(breaks).given(unmade);
    folded.has('r1.00000003', 'r1.00000004');
    folded.is('r1.00000003', listed(0));
    folded.is('r1.00000004', listed(1));
  });

  it('left breaks that are judged as its run is', () => {
    const breakPolicy = { ...builtInPolicy, version: 4, severityFrom: {} };
    fold(breaks)
      .given({ ...unmade, data: { ...unmade.data, breakPolicy } })
      .is('r1.00000003', { ...listed(0), severity: 'low', policyVersion: 4 });
  });

  it('counts among what was opened on its day', () =>
    fold(breakTrends)
      .given(unmade)
      .is('2024-06-12', {
        day: '2024-06-12',
        types: Object.fromEntries(
          found.map(({ type }) => [type, { opened: 1, resolved: 0, cleared: 0, reopened: 0, escalated: 0 }]),
        ),
      }));

  it('stands beside what its run computed', () => {
    const requested: RunEvent = {
      type: 'RunRequested',
      data: {
        runId: 'r1',
        tradeDate: '2024-06-11',
        internal: [{ uploadId: 'i1', side: 'internal', records, timeResolution: 1 }],
        broker: [],
        tolerances: {},
      },
    };
    fold(runs)
      .given(requested, unmade)
      .is('r1', {
        runId: 'r1',
        status: 'accepted',
        tradeDate: '2024-06-11',
        internal: ['i1'],
        broker: [],
        tolerances: {},
        timeResolution: 1,
        requestedAt: at,
        requestedBy: 'key:alice',
        attempts: 0,
        unmadeMatches: [
          {
            match: 7,
            internal: ['T1'],
            broker: ['X1', 'X0'],
            breaks: ['r1.00000003', 'r1.00000004'],
            restored: ['r0.00000004'],
            records,
            reason: 'two trades',
            by: 'key:ann',
            at,
          },
        ],
      });
  });

  it('is a step that whoever watches the run is told', () =>
    expect(stepOf(unmade)).toEqual({ step: 'match-unmade', match: 7 }));
});
