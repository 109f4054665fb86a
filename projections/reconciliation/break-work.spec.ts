import type {
  Break,
  BreakBulkEvent,
  BreakEvent,
  BreakPolicyEvent,
  ReportEvent,
  RunEvent,
} from '../../domain/reconciliation/contract.js';
import { builtInPolicy } from '../../domain/reconciliation/contract.js';
import { fold } from '../kernel/testing.js';
import { breakBulks } from './break-bulks.js';
import { breakPolicies } from './break-policies.js';
import { breakTrends } from './break-trends.js';
import { breaks, type ListedBreak } from './breaks.js';
import { reports } from './reports.js';

const at = '2024-06-12T20:00:00.000Z';
const later = '2024-06-13T09:00:00.000Z';
const breakId = 'r1.00000000';
const object = { sha256: 'a'.repeat(64), bytes: 10, rows: 0 };
const noBreaks = {
  missingAtBroker: 0,
  missingInternal: 0,
  price: 0,
  quantity: 0,
  side: 0,
  settlementDate: 0,
  currency: 0,
  tradeDate: 0,
  fees: 0,
  duplicate: 0,
};
const found: Break = {
  type: 'fees',
  internal: ['T1'],
  broker: ['T1'],
  explanation: 'the fees differ',
  notional: '20000',
  currency: 'USD',
  symbol: 'AAPL',
};
const breaksFound = (more: object = {}): RunEvent & { type: 'BreaksFound' } => ({
  type: 'BreaksFound',
  data: { runId: 'r1', first: 0, breaks: [found], tradeDate: '2024-06-11', ...more },
});
const on = { breakId, type: 'fees' as const, by: 'key:alice' };
const verdict = { resolution: 'writeOff' as const, reason: 'small' };
const untouched: ListedBreak = {
  ...found,
  breakId,
  runId: 'r1',
  tradeDate: '2024-06-11',
  foundAt: at,
  state: 'open',
  severity: 'medium',
  policyVersion: 0,
  comments: 0,
  openSince: at,
  changedAt: at,
};
const { openSince: _openSince, ...closed } = untouched;
const assigned: BreakEvent = { type: 'BreakAssigned', data: { ...on, to: 'key:bob' } };
const proposed: BreakEvent = { type: 'BreakResolutionProposed', data: { ...on, ...verdict, limit: '1' } };
const resolved: BreakEvent = {
  type: 'BreakResolved',
  data: { ...on, ...verdict, approvedBy: 'key:bob' },
};
const reopened: BreakEvent = { type: 'BreakReopened', data: { ...on, reason: 'not settled at all' } };
const cleared: BreakEvent = {
  type: 'BreakCleared',
  data: { ...on, by: 'system', byRun: 'r2', how: 'match', match: 0 },
};
const escalated: BreakEvent = {
  type: 'BreakEscalated',
  data: { ...on, by: 'system', afterDays: 3, severity: 'high' },
};

describe('the breaks', () => {
  const happened = (...events: readonly BreakEvent[]) =>
    fold(breaks).given(breaksFound(), ...events.map((event) => ({ ...event, at: later })));

  it('are judged by the policy that their run was judged by', () =>
    fold(breaks)
      .given(breaksFound({ breakPolicy: { ...builtInPolicy, version: 4, severityFrom: {} } }))
      .is(breakId, { ...untouched, severity: 'low', policyVersion: 4 }));

  it('are none when their run failed after all', () =>
    fold(breaks)
      .given(breaksFound(), { type: 'RunFailed', data: { runId: 'r1', reason: 'no luck', breaks: 1 } })
      .has());

  it('say who has them, and what waits for a second person', () => {
    happened(assigned).is(breakId, {
      ...untouched,
      state: 'assigned',
      assignee: 'key:bob',
      changedAt: later,
    });
    happened(proposed).is(breakId, {
      ...untouched,
      state: 'proposed',
      proposal: { ...verdict, by: 'key:alice' },
      changedAt: later,
    });
  });

  it('say how they were resolved, by whom, and no more once they are open again', () => {
    happened(proposed, resolved).is(breakId, {
      ...closed,
      state: 'resolved',
      ...verdict,
      resolvedBy: 'key:alice',
      approvedBy: 'key:bob',
      resolvedAt: later,
      changedAt: later,
    });
    happened(assigned, resolved, reopened).is(breakId, {
      ...untouched,
      state: 'assigned',
      assignee: 'key:bob',
      reason: 'not settled at all',
      changedAt: later,
    });
  });

  it('say what cleared them, and how old they became', () => {
    happened(cleared).is(breakId, {
      ...closed,
      state: 'cleared',
      cleared: { byRun: 'r2', how: 'match', match: 0 },
      resolvedAt: later,
      changedAt: later,
    });
    happened(escalated).is(breakId, {
      ...untouched,
      severity: 'high',
      escalatedAt: later,
      escalatedAfterDays: 3,
      changedAt: later,
    });
  });
});

const completed = (
  breaksOfType: Partial<Record<Break['type'], number>>,
): RunEvent & { type: 'RunCompleted' } => ({
  type: 'RunCompleted',
  data: {
    runId: 'r1',
    counts: {
      internal: 9,
      broker: 9,
      otherDates: { internal: 0, broker: 0 },
      matched: { exact: 9, tolerance: 0, group: 0 },
      breaks: { ...noBreaks, ...breaksOfType },
    },
    manifest: { matches: object, breaks: object },
  },
});

describe('the days of breaks', () => {
  const nothing = { opened: 0, resolved: 0, cleared: 0, reopened: 0, escalated: 0 };

  it('count what became of each type', () => {
    const days = fold(breakTrends).given(
      completed({ fees: 2, price: 1 }),
      resolved,
      { ...reopened, at: later },
      { ...cleared, at: later },
      { ...escalated, at: later },
    );
    days.has('2024-06-12', '2024-06-13');
    days.is('2024-06-12', {
      day: '2024-06-12',
      types: { fees: { ...nothing, opened: 2, resolved: 1 }, price: { ...nothing, opened: 1 } },
    });
    days.is('2024-06-13', {
      day: '2024-06-13',
      types: { fees: { ...nothing, reopened: 1, cleared: 1, escalated: 1 } },
    });
  });
});

describe('bulks', () => {
  const bulkId = 'b1';
  const requested: BreakBulkEvent = {
    type: 'BreakBulkRequested',
    data: {
      bulkId,
      action: { kind: 'approve' },
      by: 'key:alice',
      policy: builtInPolicy,
      breaks: { sha256: 'a'.repeat(64), bytes: 10, rows: 3 },
      filter: { state: 'proposed' },
    },
  };
  const listed = {
    bulkId,
    status: 'accepted' as const,
    action: { kind: 'approve' as const },
    filter: { state: 'proposed' },
    requestedAt: at,
    requestedBy: 'key:alice',
    breaks: 3,
    applied: 0,
    proposed: 0,
    refused: 0,
    refusals: {},
  };
  const inBulk = <Event extends BreakEvent>(event: Event): Event => ({
    ...event,
    data: { ...event.data, bulkId },
  });
  const refused: BreakEvent = {
    type: 'BreakActionRefused',
    data: { ...on, action: 'approve', code: 'reconciliation.nothing-proposed', reason: 'nothing is' },
  };

  it('say how far they are, break by break', () =>
    fold(breakBulks)
      .given(
        requested,
        { type: 'BreakBulkStarted', data: { bulkId, attempt: 1 } },
        inBulk(resolved),
        inBulk(proposed),
        inBulk(refused),
        resolved,
      )
      .is(bulkId, {
        ...listed,
        status: 'running',
        applied: 2,
        proposed: 1,
        refused: 1,
        refusals: { 'reconciliation.nothing-proposed': 1 },
      }));

  it('say when they ended, and why they failed', () => {
    fold(breakBulks)
      .given(requested, { type: 'BreakBulkCompleted', data: { bulkId, breaks: 3 }, at: later })
      .is(bulkId, { ...listed, status: 'completed', completedAt: later });
    fold(breakBulks)
      .given(requested, { type: 'BreakBulkFailed', data: { bulkId, reason: 'no luck' }, at: later })
      .is(bulkId, { ...listed, status: 'failed', reason: 'no luck', completedAt: later });
  });

  it('keep what was done when they are worked on again', () =>
    fold(breakBulks)
      .given(
        requested,
        inBulk(resolved),
        { type: 'BreakBulkFailed', data: { bulkId, reason: 'no luck' }, at: later },
        { ...requested, at: later },
      )
      .is(bulkId, { ...listed, applied: 1 }));
});

it('the policy of a workspace is its newest, with whose it is', () => {
  const changed = (version: number): BreakPolicyEvent => ({
    type: 'BreakPolicyChanged',
    data: { policy: { ...builtInPolicy, version } },
  });
  fold(breakPolicies)
    .given(changed(1), { ...changed(2), at: later, actor: 'key:bob' })
    .is('current', { ...builtInPolicy, version: 2, changedAt: later, changedBy: 'key:bob' });
});

it('reports are accepted, and then issued or failed', () => {
  const terms = {
    reportId: 'p1',
    workspace: 'acme',
    kind: 'daily' as const,
    from: '2024-06-12',
    to: '2024-06-12',
    asOf: { position: '100', time: at },
  };
  const { workspace: _workspace, ...shown } = terms;
  const requested: ReportEvent = { type: 'ReportRequested', data: terms };
  const accepted = { ...shown, status: 'accepted' as const, requestedAt: at, requestedBy: 'key:alice' };
  fold(reports).given(requested).is('p1', accepted);
  fold(reports)
    .given(requested, { type: 'ReportIssued', data: { ...terms, json: object, csv: object }, at: later })
    .is('p1', { ...accepted, status: 'issued', json: object, csv: object, issuedAt: later });
  fold(reports)
    .given(requested, { type: 'ReportFailed', data: { reportId: 'p1', reason: 'no luck' }, at: later })
    .is('p1', { ...accepted, status: 'failed', reason: 'no luck', issuedAt: later });
});
