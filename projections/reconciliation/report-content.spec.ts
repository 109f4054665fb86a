import type { ListedBreak } from './breaks.js';
import { reportContent } from './report-content.js';
import type { ListedRun } from './runs.js';
import type { ListedSettlement } from './settlements.js';

const tradeDate = '2024-06-12';
const object = { sha256: 'a'.repeat(64), bytes: 1, rows: 1 };
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
const runOf = (runId: string, fields: Partial<ListedRun> = {}): ListedRun => ({
  runId,
  status: 'completed',
  tradeDate,
  internal: ['u1'],
  broker: ['u2'],
  tolerances: {},
  timeResolution: 1,
  requestedAt: '2024-06-12T20:00:00.000Z',
  requestedBy: 'key:alice',
  attempts: 1,
  counts: {
    internal: 10,
    broker: 10,
    otherDates: { internal: 0, broker: 1 },
    matched: { exact: 8, tolerance: 1, group: 0 },
    breaks: noBreaks,
  },
  strategies: { 'trade-id': 8, nearest: 1 },
  manifest: { matches: object, breaks: object },
  ...fields,
});
const breakOf = (breakId: string, fields: Partial<ListedBreak> = {}): ListedBreak => ({
  breakId,
  runId: 'r1',
  type: 'missingAtBroker',
  internal: ['T1'],
  broker: [],
  explanation: 'nobody else has it',
  notional: '100.5',
  currency: 'USD',
  foundAt: '2024-06-12T21:00:00.000Z',
  state: 'open',
  severity: 'low',
  policyVersion: 0,
  comments: 0,
  changedAt: '2024-06-12T21:00:00.000Z',
  ...fields,
});
const settlementOf = (settlementId: string, fields: Partial<ListedSettlement>): ListedSettlement => ({
  settlementId,
  runId: 'r1',
  account: 'FUND',
  symbol: 'AAPL',
  currency: 'USD',
  settlementDate: '2024-06-13',
  netQuantity: '10',
  netAmount: '1000',
  trades: 1,
  opensAt: '2024-06-13T04:00:00.000Z',
  cutOffAt: '2024-06-13T19:10:00.000Z',
  state: 'instructed',
  late: false,
  affirmedQuantity: '0',
  settledQuantity: '0',
  settledAmount: '0',
  failedQuantity: '0',
  failedAmount: '0',
  openQuantity: '10',
  openAmount: '1000',
  openedAt: '2024-06-12T21:00:00.000Z',
  ...fields,
});
const terms = {
  kind: 'daily' as const,
  from: tradeDate,
  to: tradeDate,
  asOf: { position: '100', time: '2024-06-15T20:59:59.999Z' },
};

describe('a report', () => {
  it('counts what is open by what it is, in amounts of each currency, and says how old it is', () => {
    const report = reportContent(terms, {
      runs: [runOf('r1')],
      breaks: [
        breakOf('r1.00000000'),
        breakOf('r1.00000001', { currency: 'EUR', severity: 'high', foundAt: '2024-06-15T20:00:00.000Z' }),
        breakOf('r1.00000002', { state: 'resolved', notional: '0.25' }),
      ],
      settlements: [],
    });
    expect(report).toMatchObject({
      records: { internal: 10, broker: 10 },
      otherDates: { internal: 0, broker: 1 },
      matchRate: 0.85,
      strategies: { nearest: { matches: 1, share: 0.111111 }, 'trade-id': { matches: 8, share: 0.888889 } },
      breaks: {
        all: { count: 3, notional: { EUR: '100.5', USD: '100.75' } },
        byState: { resolved: { count: 1, notional: { USD: '0.25' } } },
        openByType: { missingAtBroker: { count: 2 } },
        openBySeverity: { high: { count: 1 }, low: { count: 1 } },
        openByAge: { under1Day: { count: 1 }, from1Day: { count: 1 }, from3Days: { count: 0 } },
      },
    });
    expect(report.open.map(({ breakId, ageDays }) => [breakId, ageDays])).toEqual([
      ['r1.00000000', 2],
      ['r1.00000001', 0],
    ]);
  });

  it.each<[string, Partial<ListedBreak>, Partial<ListedRun>]>([
    ['nobody else has it; nobody works on it yet', {}, {}],
    ['nobody else has it; assigned to key:bob', { state: 'assigned', assignee: 'key:bob' }, {}],
    [
      'nobody else has it; under investigation by key:bob',
      { state: 'investigating', assignee: 'key:bob' },
      {},
    ],
    [
      'nobody else has it; amend was proposed by key:bob (a slip) and waits for a second person',
      { state: 'proposed', proposal: { resolution: 'amend', reason: 'a slip', by: 'key:bob' } },
      {},
    ],
    [
      'nobody else has it; nobody works on it yet; opened again: it came back',
      { reason: 'it came back' },
      {},
    ],
    [
      'nobody else has it; nobody works on it yet; its run is stale and was not run again: upload u1 was withdrawn (wrong desk)',
      {},
      { stale: { at: '2024-06-13T09:00:00.000Z', uploadId: 'u1', reason: 'wrong desk' } },
    ],
  ])('says why a break is open: %s', (reason, ofBreak, ofRun) => {
    const [line] = reportContent(terms, {
      runs: [runOf('r1', ofRun)],
      breaks: [breakOf('r1.00000000', ofBreak)],
      settlements: [],
    }).open;
    expect(line?.reason).toBe(reason);
  });

  it('counts a run that was done again, or gone on from, once', () => {
    const stale = { at: '2024-06-13T09:00:00.000Z', uploadId: 'u1', reason: 'wrong desk' };
    const report = reportContent(terms, {
      runs: [
        runOf('r1', { stale }),
        runOf('r2', { again: 'r1', continues: 'r1' }),
        runOf('r3', { continues: 'r2' }),
        runOf('r4', { status: 'running' }),
        runOf('r5', { tradeDate: '2024-06-11' }),
      ],
      breaks: [breakOf('r1.00000000'), breakOf('r5.00000000', { runId: 'r5' })],
      settlements: [],
    });
    expect(report).toMatchObject({
      records: { internal: 10, broker: 10 },
      staleRuns: [{ runId: 'r1', tradeDate, ...stale, replacedBy: 'r2' }],
    });
    expect(report.open.map(({ breakId }) => breakId)).toEqual(['r1.00000000']);
    expect(report.open[0]?.reason).not.toContain('stale');
  });

  it('has a step for each settlement date and currency', () => {
    const { settlementLadder } = reportContent(terms, {
      runs: [runOf('r1')],
      breaks: [],
      settlements: [
        settlementOf('r1.0', {}),
        settlementOf('r1.1', { state: 'settled', netAmount: '-1', openAmount: '0' }),
        settlementOf('r1.2', { settlementDate: '2024-06-14' }),
        settlementOf('r2.0', { runId: 'r2' }),
      ],
    });
    expect(settlementLadder).toEqual([
      {
        settlementDate: '2024-06-13',
        currency: 'USD',
        states: { instructed: 1, settled: 1 },
        netAmount: '999',
        openAmount: '1000',
      },
      {
        settlementDate: '2024-06-14',
        currency: 'USD',
        states: { instructed: 1 },
        netAmount: '1000',
        openAmount: '1000',
      },
    ]);
  });

  it('is of an empty day too', () =>
    expect(reportContent(terms, { runs: [], breaks: [], settlements: [] })).toMatchObject({
      matchRate: 1,
      strategies: {},
      open: [],
    }));
});
