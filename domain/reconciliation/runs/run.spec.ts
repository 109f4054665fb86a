import { command, specify } from '../../kernel/testing.js';
import { CompleteRun, FailRun, InterruptRun, RecordBreaks, RequestRun, StartRun } from './commands.js';
import type { RunBook, RunEvent } from './events.js';
import type { Break, ReconciliationCounts } from '../matching/result.js';
import { run } from './run.js';
import { runJob } from './run-job.js';

const stored = { sha256: 'a'.repeat(64), bytes: 100, rows: 5 };
const bookOf = (uploadId: string, side: RunBook['side']): RunBook => ({
  uploadId,
  side,
  records: stored,
  timeResolution: 1,
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
const manifestOf = (breaks: number) => ({ matches: stored, breaks: { ...stored, rows: breaks } });
const someBreak = (ordinal: number): Break => ({
  type: 'price',
  internal: [`i${ordinal}`],
  broker: [`b${ordinal}`],
  explanation: 'the prices differ',
  notional: '100',
  currency: 'USD',
});
const breaksOf = (count: number) => Array.from({ length: count }, (_none, index) => someBreak(index));

const request = (changes: Partial<RequestRun> = {}) =>
  command(RequestRun, {
    runId: 'r1',
    tradeDate: '2024-06-12',
    internal: ['i1'],
    broker: ['b1', 'b2'],
    books: [bookOf('b2', 'broker'), bookOf('i1', 'internal'), bookOf('b1', 'broker')],
    ...changes,
  });
const start = command(StartRun, { runId: 'r1' });
const interrupt = command(InterruptRun, { runId: 'r1' });
const record = (first: number, breaks: readonly Break[]) =>
  command(RecordBreaks, { runId: 'r1', first, breaks });
const complete = (breaks = 0) => command(CompleteRun, { runId: 'r1', counts, manifest: manifestOf(breaks) });
const fail = command(FailRun, { runId: 'r1', reason: 'no luck' });

const requested: RunEvent = {
  type: 'RunRequested',
  data: {
    runId: 'r1',
    tradeDate: '2024-06-12',
    internal: [bookOf('i1', 'internal')],
    broker: [bookOf('b1', 'broker'), bookOf('b2', 'broker')],
    tolerances: {},
  },
};
const started = (attempt: number): RunEvent => ({ type: 'RunStarted', data: { runId: 'r1', attempt } });
const interrupted: RunEvent = { type: 'RunInterrupted', data: { runId: 'r1' } };
const completedWith = (breaks: number): RunEvent => ({
  type: 'RunCompleted',
  data: { runId: 'r1', counts, manifest: manifestOf(breaks) },
});
const completed = completedWith(0);
const found = (first: number, breaks: readonly Break[]): RunEvent => ({
  type: 'BreaksFound',
  data: { runId: 'r1', first, breaks, tradeDate: '2024-06-12' },
});
const failed: RunEvent = { type: 'RunFailed', data: { runId: 'r1', reason: 'no luck' } };
const { given } = specify(run);

describe('a run that is asked for', () => {
  it('has the books of its uploads, in the order in which they were named', () =>
    given().when(request()).then(requested));

  it('keeps its tolerances as they were written', () =>
    given()
      .when(request({ tolerances: { priceBps: '0.5', seconds: 30 } }))
      .then({ ...requested, data: { ...requested.data, tolerances: { priceBps: '0.5', seconds: 30 } } }));

  it.each<[string, readonly RunEvent[]]>([
    ['open', [requested]],
    ['under way', [requested, started(1)]],
    ['completed', [requested, started(1), completed]],
    ['failed', [requested, started(1), failed]],
  ])('is not asked for again while it is %s', (_state, history) =>
    given(...history)
      .when(request())
      .then(),
  );

  it.each([
    ['less than zero', { priceBps: -1 }],
    ['no number', { quantityAbsolute: 'a lot' }],
    ['finer than it is judged', { settlementDays: 0.5 }],
    ['too large', { minConfidence: 1.5 }],
  ])('cannot have a tolerance that is %s', (_what, tolerances) =>
    given().when(request({ tolerances })).rejects('reconciliation.bad-tolerances'),
  );

  it('cannot name an upload that is not there', () =>
    given()
      .when(request({ broker: ['b1', 'b9'] }))
      .rejects('reconciliation.unknown-upload'));

  it.each<[string, Partial<RequestRun>]>([
    ['an internal upload as the broker’s', { broker: ['i1'] }],
    ['a broker’s upload as internal', { internal: ['b1'] }],
  ])('cannot name %s', (_what, changes) =>
    given().when(request(changes)).rejects('reconciliation.wrong-side'),
  );
});

describe('an attempt at a run', () => {
  it('is counted before the work', () => given(requested).when(start).then(started(1)));

  it('is counted again when the one before ended its worker', () =>
    given(requested, started(1), started(2)).when(start).then(started(3)));

  it('is the third at most', () =>
    given(requested, started(1), started(2), started(3))
      .when(start)
      .rejects('reconciliation.attempts-exhausted'));

  it('needs a run', () => given().when(start).rejects('reconciliation.unknown-run'));

  it.each<[string, readonly RunEvent[]]>([
    ['completed', [completed]],
    ['failed', [failed]],
  ])('is refused once the run has %s', (_state, outcome) =>
    given(requested, started(1), ...outcome)
      .when(start)
      .rejects('reconciliation.run-finished'),
  );
});

describe('an attempt that the platform ended', () => {
  it('does not count', () => {
    given(requested, started(1)).when(interrupt).then(interrupted);
    given(requested, started(1), interrupted, started(1), interrupted, started(1), interrupted)
      .when(start)
      .then(started(1));
  });
  it('is nothing to a run that is finished', () =>
    given(requested, started(1), completed).when(interrupt).then());
});

describe('the breaks of a run', () => {
  it('are recorded part by part', () =>
    given(requested, started(1), found(0, breaksOf(2)))
      .when(record(2, breaksOf(1)))
      .then(found(2, breaksOf(1))));

  it('are recorded once, whoever else found them', () =>
    given(requested, started(1), found(0, breaksOf(2)))
      .when(record(0, breaksOf(2)))
      .then());

  it('have no gaps', () =>
    expect(() =>
      given(requested, started(1))
        .when(record(5, breaksOf(1)))
        .then(),
    ).toThrow('without gaps'));

  it('come too late for a run that has failed', () =>
    given(requested, failed)
      .when(record(0, breaksOf(1)))
      .rejects('reconciliation.run-finished'));

  it('are sent in parts that fit into an append, all of them, in order', () => {
    const breaks = breaksOf(20_000);
    const commands = runJob.completed('r1', { counts, manifest: manifestOf(breaks.length), breaks });
    const parts = commands.slice(0, -1) as RecordBreaks[];
    expect(parts.flatMap((part) => part.breaks)).toEqual(breaks);
    expect(parts.map((part) => part.first)).toEqual(
      parts.map((_part, index) => parts.slice(0, index).reduce((sum, part) => sum + part.breaks.length, 0)),
    );
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(1_000_000);
    expect(commands.at(-1)).toBeInstanceOf(CompleteRun);
  });
});

describe('the completion of a run', () => {
  it('is recorded with its counts and its manifest', () =>
    given(requested, started(1)).when(complete()).then(completed));

  it('waits until all of its breaks are recorded', () => {
    given(requested, started(1), found(0, breaksOf(2)))
      .when(complete(2))
      .then(completedWith(2));
    expect(() => given(requested, started(1)).when(complete(2)).then()).toThrow('before the completion');
  });

  it('is recorded once, whoever else computed it', () =>
    given(requested, started(1), found(0, breaksOf(1)), completedWith(1))
      .when(complete(1))
      .then());

  it('comes too late for a run that has failed', () =>
    given(requested, started(1), failed).when(complete()).rejects('reconciliation.run-finished'));

  it('needs a run', () => given().when(complete()).rejects('reconciliation.unknown-run'));
});

describe('the failure of a run', () => {
  it('is recorded with its reason', () => given(requested, started(1)).when(fail).then(failed));

  it('is recorded once, with the first reason', () =>
    given(requested, failed)
      .when(command(FailRun, { runId: 'r1', reason: 'another' }))
      .then());

  it('comes too late for a run that has completed', () =>
    given(requested, started(1), completed).when(fail).rejects('reconciliation.run-finished'));

  it('needs a run', () => given().when(fail).rejects('reconciliation.unknown-run'));
});
