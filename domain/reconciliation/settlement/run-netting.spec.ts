import { command, specify } from '../../kernel/testing.js';
import { CompleteRun, RequestRun } from '../runs/commands.js';
import type { RunBook, RunEvent } from '../runs/events.js';
import type { ReconciliationCounts } from '../matching/result.js';
import { run } from '../runs/run.js';
import {
  CompleteNetting,
  FailNetting,
  InterruptNetting,
  RecordSettlements,
  RetryNetting,
  StartNetting,
} from './commands.js';
import type { NetSettlement } from './events.js';

const stored = { sha256: 'a'.repeat(64), bytes: 100, rows: 0 };
const none = { exact: 0, tolerance: 0, group: 0 };
const counts: ReconciliationCounts = {
  internal: 0,
  broker: 0,
  otherDates: { internal: 0, broker: 0 },
  matched: none,
  breaks: {
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
  },
};
const bookOf = (uploadId: string, side: RunBook['side']): RunBook => ({
  uploadId,
  side,
  records: stored,
  timeResolution: 1,
});
const terms = {
  runId: 'r1',
  tradeDate: '2024-06-12',
  internal: [bookOf('i1', 'internal')],
  broker: [bookOf('b1', 'broker')],
  tolerances: {},
};
const request = (settle: boolean) =>
  command(RequestRun, {
    ...terms,
    internal: ['i1'],
    broker: ['b1'],
    books: [...terms.internal, ...terms.broker],
    settle,
  });
const requested: RunEvent = { type: 'RunRequested', data: terms };
const settling: RunEvent = { type: 'RunRequested', data: { ...terms, settle: true } };
const started: RunEvent = { type: 'RunStarted', data: { runId: 'r1', attempt: 1 } };
const plain = { matches: stored, breaks: stored };
const completed: RunEvent = { type: 'RunCompleted', data: { runId: 'r1', counts, manifest: plain } };
const { given } = specify(run);

describe('a run that settles', () => {
  const trades = { ...stored, sha256: 'b'.repeat(64) };
  const manifest = { ...plain, matchedTrades: trades };
  const completedSettling: RunEvent = { type: 'RunCompleted', data: { runId: 'r1', counts, manifest } };
  const nettingRequested: RunEvent = { type: 'NettingRequested', data: { runId: 'r1', trades } };
  const upToNetting = [settling, started, completedSettling, nettingRequested];
  const nettingStarted = (attempt: number): RunEvent => ({
    type: 'NettingStarted',
    data: { runId: 'r1', attempt },
  });
  const settlementOf = (ordinal: number): NetSettlement => ({
    settlementId: `r1.${ordinal}`,
    account: 'FUND',
    symbol: 'AAPL',
    currency: 'USD',
    settlementDate: '2024-06-13',
    netQuantity: '100',
    netAmount: '1000',
    trades: 1,
    opensAt: '2024-06-13T04:00:00.000Z',
    cutOffAt: '2024-06-13T19:10:00.000Z',
  });
  const netted = (first: number, count: number): RunEvent => ({
    type: 'SettlementsNetted',
    data: {
      runId: 'r1',
      first,
      settlements: Array.from({ length: count }, (_none, index) => settlementOf(first + index)),
    },
  });
  const nettingCompleted = (count: number): RunEvent => ({
    type: 'NettingCompleted',
    data: { runId: 'r1', count, leftOut: [] },
  });
  const nettingFailed: RunEvent = { type: 'NettingFailed', data: { runId: 'r1', reason: 'no luck' } };
  const startNetting = command(StartNetting, { runId: 'r1' });
  const interruptNetting = command(InterruptNetting, { runId: 'r1' });
  const recordPart = (first: number, count: number) =>
    command(RecordSettlements, {
      runId: 'r1',
      first,
      settlements: Array.from({ length: count }, (_none, index) => settlementOf(first + index)),
    });
  const completeNetting = (count: number) => command(CompleteNetting, { runId: 'r1', count, leftOut: [] });
  const failNetting = command(FailNetting, { runId: 'r1', reason: 'no luck' });

  it('says so from the beginning, and only then', () => {
    given().when(request(true)).then(settling);
    given().when(request(false)).then(requested);
  });

  it('asks for its netting with its completion', () =>
    given(settling, started)
      .when(command(CompleteRun, { runId: 'r1', counts, manifest }))
      .then(completedSettling, nettingRequested));

  it('cannot be completed without its matched trades', () =>
    expect(() =>
      given(settling, started)
        .when(command(CompleteRun, { runId: 'r1', counts, manifest: plain }))
        .then(),
    ).toThrow('keeps its matched trades'));

  it('counts the attempts at its netting, three at most, and none that the platform ended', () => {
    given(...upToNetting)
      .when(startNetting)
      .then(nettingStarted(1));
    given(...upToNetting, nettingStarted(1), nettingStarted(2), nettingStarted(3))
      .when(startNetting)
      .rejects('reconciliation.attempts-exhausted');
    given(...upToNetting, nettingStarted(1))
      .when(interruptNetting)
      .then({ type: 'NettingInterrupted', data: { runId: 'r1' } });
    given(...upToNetting, nettingStarted(1), { type: 'NettingInterrupted', data: { runId: 'r1' } })
      .when(startNetting)
      .then(nettingStarted(1));
  });

  it('records its settlements part by part, once, and without gaps', () => {
    given(...upToNetting, netted(0, 2))
      .when(recordPart(2, 1))
      .then(netted(2, 1));
    given(...upToNetting, netted(0, 2))
      .when(recordPart(0, 2))
      .then();
    expect(() =>
      given(...upToNetting)
        .when(recordPart(5, 1))
        .then(),
    ).toThrow('without gaps');
  });

  it('completes its netting when every settlement is recorded, once', () => {
    given(...upToNetting, netted(0, 2))
      .when(completeNetting(2))
      .then(nettingCompleted(2));
    given(...upToNetting, netted(0, 2), nettingCompleted(2))
      .when(completeNetting(2))
      .then();
    given(...upToNetting, netted(0, 2), nettingCompleted(2))
      .when(recordPart(0, 2))
      .then();
    expect(() =>
      given(...upToNetting)
        .when(completeNetting(2))
        .then(),
    ).toThrow('before the completion');
  });

  it('may fail to net, and is then left alone', () => {
    given(...upToNetting, nettingStarted(1))
      .when(failNetting)
      .then(nettingFailed);
    given(...upToNetting, nettingFailed)
      .when(failNetting)
      .then();
    given(...upToNetting, nettingFailed)
      .when(interruptNetting)
      .then();
    for (const late of [startNetting, recordPart(0, 1), completeNetting(0)])
      given(...upToNetting, nettingFailed)
        .when(late)
        .rejects('reconciliation.netting-finished');
  });

  it('goes on behind what it had recorded when a person asks for it again', () => {
    const retry = command(RetryNetting, { runId: 'r1' });
    const givenUp = [...upToNetting, netted(0, 2), nettingStarted(3), nettingFailed];
    given(...givenUp)
      .when(retry)
      .then(nettingRequested);
    given(...givenUp, nettingRequested)
      .when(startNetting)
      .then(nettingStarted(1));
    given(...givenUp, nettingRequested)
      .when(recordPart(0, 2))
      .then();
    given(...givenUp, nettingRequested)
      .when(recordPart(2, 1))
      .then(netted(2, 1));
    given(...givenUp, nettingRequested)
      .when(retry)
      .then();
    given(...upToNetting, nettingCompleted(0))
      .when(retry)
      .rejects('reconciliation.netting-finished');
    given(requested, started, completed).when(retry).rejects('reconciliation.unknown-netting');
  });

  it.each<[string, readonly RunEvent[]]>([
    ['does not settle', [requested, started, completed]],
    ['is not completed', [settling, started]],
    ['is not there', []],
  ])('has nothing to net while it %s', (_what, history) => {
    for (const asked of [startNetting, recordPart(0, 1), completeNetting(0), failNetting])
      given(...history)
        .when(asked)
        .rejects('reconciliation.unknown-netting');
  });
});
