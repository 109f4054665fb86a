import {
  axionCsv,
  type Break,
  type NetSettlement,
  type ReconciliationCounts,
  type RunEvent,
  type SourceEvent,
  type UploadEvent,
} from '../../domain/reconciliation/contract.js';
import type { WorkspaceEvent } from '../../domain/tenancy/contract.js';
import { fold } from '../kernel/testing.js';
import { breaks } from './breaks.js';
import { runs, type ListedNetting } from './runs.js';
import { sources } from './sources.js';
import { uploads } from './uploads.js';

const at = '2024-06-12T20:00:00.000Z';
const later = '2024-06-12T21:00:00.000Z';
const object = { sha256: 'a'.repeat(64), bytes: 100, rows: 5 };

describe('sources', () => {
  const created: WorkspaceEvent = { type: 'WorkspaceCreated', data: { id: 'acme', name: 'Acme' } };
  const profile = { ...axionCsv, name: 'broker-a', sideCodes: { 'B.1': 'buy', $S: 'sell' } as const };
  const registered = (version: number): SourceEvent => ({
    type: 'SourceRegistered',
    data: { name: 'broker-a', version, profile },
  });
  const versionAt = (version: number, registeredAt: string) => ({
    version,
    registeredAt,
    registeredBy: 'key:alice',
  });
  const builtIn = {
    name: 'axion-csv',
    version: 1,
    builtIn: true,
    profile: axionCsv,
    registeredAt: at,
    versions: [versionAt(1, at)],
  };

  it('are the built-in one from the first moment of a workspace', () =>
    fold(sources).given(created).is('axion-csv', builtIn));

  it('are each shown with its newest version', () => {
    const shown = fold(sources).given(created, registered(1), { ...registered(2), at: later });
    shown.has('axion-csv', 'broker-a');
    shown.is('axion-csv', builtIn);
    shown.is('broker-a', {
      name: 'broker-a',
      version: 2,
      builtIn: false,
      profile,
      registeredAt: later,
      versions: [versionAt(1, at), versionAt(2, later)],
    });
  });
});

describe('uploads', () => {
  const data = {
    uploadId: 'u1',
    side: 'broker' as const,
    source: 'broker-a',
    sourceVersion: 3,
    sha256: 'b'.repeat(64),
    bytes: 1000,
    rows: 10,
    accepted: 8,
    rejected: 2,
    timeResolution: 1000,
    records: object,
    rejects: object,
  };
  const recorded: UploadEvent = { type: 'UploadRecorded', data };

  it('are shown with what was read of them, by whom and when', () =>
    fold(uploads)
      .given({ ...recorded, actor: 'key:bob' })
      .is('u1', { ...data, uploadedAt: at, uploadedBy: 'key:bob', state: 'in-use', runs: 0 }));

  it('are shown with what became of them', () => {
    const shown = { ...data, uploadedAt: at, uploadedBy: 'key:alice', runs: 1 };
    const used: UploadEvent = { type: 'UploadUsed', data: { uploadId: 'u1', runId: 'r1' } };
    const withdrawn: UploadEvent = {
      type: 'UploadWithdrawn',
      data: { uploadId: 'u1', at: later, reason: 'wrong day' },
    };
    const superseded: UploadEvent = {
      type: 'UploadSuperseded',
      data: { uploadId: 'u1', at: later, reason: 'corrected', by: 'u2' },
    };
    const reinstated: UploadEvent = { type: 'UploadReinstated', data: { uploadId: 'u1', reason: 'sorry' } };
    const actor = 'key:alice';
    fold(uploads)
      .given(recorded, used, withdrawn)
      .is('u1', {
        ...shown,
        state: 'withdrawn',
        withdrawal: { at: later, reason: 'wrong day', actor },
      });
    fold(uploads)
      .given(recorded, used, superseded)
      .is('u1', {
        ...shown,
        state: 'superseded',
        withdrawal: { at: later, reason: 'corrected', by: 'u2', actor },
      });
    fold(uploads)
      .given(recorded, used, withdrawn, reinstated)
      .is('u1', { ...shown, state: 'in-use' });
  });
});

const counts: ReconciliationCounts = {
  internal: 5,
  broker: 5,
  otherDates: { internal: 0, broker: 0 },
  matched: { exact: 4, tolerance: 0, group: 0 },
  breaks: {
    missingAtBroker: 1,
    missingInternal: 1,
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
const manifest = { matches: object, breaks: object };
const requested: RunEvent = {
  type: 'RunRequested',
  data: {
    runId: 'r1',
    tradeDate: '2024-06-12',
    internal: [{ uploadId: 'i1', side: 'internal', records: object, timeResolution: 1 }],
    broker: [
      { uploadId: 'b1', side: 'broker', records: object, timeResolution: 1 },
      { uploadId: 'b2', side: 'broker', records: object, timeResolution: 1 },
    ],
    tolerances: { priceBps: '0.5' },
  },
};
const started = (attempt: number): RunEvent => ({ type: 'RunStarted', data: { runId: 'r1', attempt } });
const completed: RunEvent = { type: 'RunCompleted', data: { runId: 'r1', counts, manifest } };
const failed: RunEvent = { type: 'RunFailed', data: { runId: 'r1', reason: 'no luck' } };
const someBreak = (ordinal: number): Break => ({
  type: 'price',
  internal: [`i${ordinal}`],
  broker: [`b${ordinal}`],
  explanation: 'the prices differ',
  notional: '100',
  currency: 'USD',
});
const found = (first: number, count: number): Extract<RunEvent, { type: 'BreaksFound' }> => ({
  type: 'BreaksFound',
  data: {
    runId: 'r1',
    first,
    breaks: Array.from({ length: count }, (_none, index) => someBreak(first + index)),
  },
});

describe('runs', () => {
  const accepted = {
    runId: 'r1',
    status: 'accepted' as const,
    tradeDate: '2024-06-12',
    internal: ['i1'],
    broker: ['b1', 'b2'],
    tolerances: { priceBps: '0.5' },
    timeResolution: 1,
    requestedAt: at,
    requestedBy: 'key:alice',
    attempts: 0,
  };

  it('are accepted, with the uploads that they compare', () =>
    fold(runs).given(requested).is('r1', accepted));

  it('are running, with the number of the attempt', () =>
    fold(runs)
      .given(requested, started(1), started(2))
      .is('r1', { ...accepted, status: 'running', attempts: 2 }));

  it('are completed, with counts and manifest, whatever breaks follow', () =>
    fold(runs)
      .given(requested, started(1), { ...completed, at: later }, found(0, 2))
      .is('r1', { ...accepted, status: 'completed', attempts: 1, counts, manifest, completedAt: later }));

  it('are failed, with the reason', () =>
    fold(runs)
      .given(requested, started(1), { ...failed, at: later })
      .is('r1', { ...accepted, status: 'failed', attempts: 1, reason: 'no luck', completedAt: later }));

  it('are not made up by what follows a request that is missing', () =>
    fold(runs).given(started(1), completed, found(0, 1), failed).has());
});

describe('runs that settle', () => {
  const settling: RunEvent = {
    ...requested,
    data: { ...requested.data, settle: true },
  };
  const nettingRequested: RunEvent = { type: 'NettingRequested', data: { runId: 'r1', trades: object } };
  const settlementOf = (settlementId: string): NetSettlement => ({
    settlementId,
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
  const started1: RunEvent = { type: 'NettingStarted', data: { runId: 'r1', attempt: 1 } };
  const netted = (first: number, ...ids: readonly string[]): RunEvent => ({
    type: 'SettlementsNetted',
    data: { runId: 'r1', first, settlements: ids.map(settlementOf) },
  });
  const document = (netting: object) => ({
    runId: 'r1',
    status: 'completed' as const,
    tradeDate: '2024-06-12',
    internal: ['i1'],
    broker: ['b1', 'b2'],
    tolerances: { priceBps: '0.5' },
    timeResolution: 1,
    settle: true as const,
    requestedAt: at,
    requestedBy: 'key:alice',
    attempts: 1,
    counts,
    manifest,
    completedAt: at,
    netting: netting as ListedNetting,
  });
  const history = [settling, started(1), completed, nettingRequested, started1];

  it('say how far their netting is', () => {
    fold(runs)
      .given(...history)
      .is('r1', document({ status: 'requested', settlements: 0 }));
    fold(runs)
      .given(...history, netted(0, 'r1.0', 'r1.1'), netted(2, 'r1.2'))
      .is('r1', document({ status: 'requested', settlements: 3 }));
  });

  it('say what was netted and what was left out', () => {
    const leftOut = [{ reason: 'no-calendar' as const, trades: 2 }];
    fold(runs)
      .given(...history, netted(0, 'r1.0'), {
        type: 'NettingCompleted',
        data: { runId: 'r1', count: 1, leftOut },
      })
      .is('r1', document({ status: 'completed', settlements: 1, leftOut }));
  });

  it('say why it failed', () =>
    fold(runs)
      .given(
        ...history,
        { type: 'NettingInterrupted', data: { runId: 'r1' } },
        { type: 'NettingFailed', data: { runId: 'r1', reason: 'no luck' } },
      )
      .is('r1', document({ status: 'failed', settlements: 0, reason: 'no luck' })));
});

const untouched = (foundAt: string) => ({
  foundAt,
  state: 'open' as const,
  severity: 'low' as const,
  policyVersion: 0,
  comments: 0,
  openSince: foundAt,
  changedAt: foundAt,
});

describe('breaks', () => {
  it('are a document each, whatever parts they came in, and sort as the run sorts them', () => {
    const shown = fold(breaks).given(found(0, 2), { ...found(2, 1), at: later });
    shown.has('r1.00000000', 'r1.00000001', 'r1.00000002');
    shown.is('r1.00000001', { ...someBreak(1), breakId: 'r1.00000001', runId: 'r1', ...untouched(at) });
    shown.is('r1.00000002', { ...someBreak(2), breakId: 'r1.00000002', runId: 'r1', ...untouched(later) });
  });

  it('are found by their ordinal though the id of the run holds full stops', () => {
    const run = found(500, 1);
    fold(breaks)
      .given({ ...run, data: { ...run.data, runId: 'r.1.7' } })
      .is('r.1.7.00000500', {
        ...someBreak(500),
        breakId: 'r.1.7.00000500',
        runId: 'r.1.7',
        ...untouched(at),
      });
  });
});
