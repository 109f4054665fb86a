import { command, specify } from '../../kernel/testing.js';
import { builtInPolicy } from '../breaks/policy-table.js';
import { ContinueRun, RequestRun, RunAgain } from './commands.js';
import type { RunBook, RunManifest, RunTerms } from './events.js';
import { run } from './run.js';

const stored = { sha256: 'a'.repeat(64), bytes: 100, rows: 5 };
const standing = { ...stored, sha256: 'b'.repeat(64) };
const cleared = { ...stored, sha256: 'c'.repeat(64) };
const bookOf = (uploadId: string, side: RunBook['side']): RunBook => ({
  uploadId,
  side,
  records: stored,
  timeResolution: 1,
});
const terms: RunTerms = {
  runId: 'r1',
  tradeDate: '2024-03-02',
  internal: [bookOf('i1', 'internal')],
  broker: [bookOf('b1', 'broker')],
  tolerances: { priceBps: 1 },
  settle: true,
};
const manifest: RunManifest = { matches: stored, breaks: stored, standing, cleared };
const carriedRuns = [
  {
    runId: 'r0',
    tradeDate: '2024-02-29',
    from: '2024-02-29',
    uploads: ['i0', 'b0'],
    timeResolution: 1,
    unmatched: stored,
  },
];
const { settle: _settle, ...kept } = terms;
const { given } = specify(run);

describe('a run that carries forward', () => {
  const request = command(RequestRun, {
    runId: 'r1',
    tradeDate: '2024-03-02',
    internal: ['i1'],
    broker: ['b1'],
    tolerances: { priceBps: 1 },
    books: [...terms.internal, ...terms.broker],
    carryForward: { days: 3 },
    carriedRuns,
    breakPolicy: builtInPolicy,
  });

  it('names the runs that it carries from, and the first date of its window', () =>
    given()
      .when(request)
      .then({
        type: 'RunRequested',
        data: {
          ...kept,
          breakPolicy: builtInPolicy,
          carryForward: { days: 3, from: '2024-02-28', runs: carriedRuns },
        },
      }));

  it('is run again with the runs that there are by then', () => {
    const carryForward = { days: 3, from: '2024-02-28', runs: carriedRuns };
    given()
      .when(
        command(RunAgain, {
          runId: 'r2',
          original: 'r1',
          terms: { ...kept, carryForward },
          manifest,
          carriedRuns: [],
          inPlace: { internal: terms.internal, broker: [bookOf('b2', 'broker')] },
        }),
      )
      .then({
        type: 'RunRequested',
        data: {
          ...kept,
          runId: 'r2',
          broker: [bookOf('b2', 'broker')],
          again: 'r1',
          carryForward: { ...carryForward, runs: [] },
          continues: { runId: 'r1', standing, cleared },
        },
      });
  });
});

describe('a run that continues another', () => {
  const further = [bookOf('i1', 'internal'), bookOf('i2', 'internal'), bookOf('b2', 'broker')];
  const continued = (fields: Partial<ContinueRun> = {}) =>
    command(ContinueRun, {
      runId: 'r2',
      continues: 'r1',
      internal: ['i1', 'i2'],
      broker: ['b2'],
      books: further,
      earlier: { terms, manifest },
      ...fields,
    });

  it('has its terms and uploads, further ones behind them, and settles nothing twice', () =>
    given()
      .when(continued())
      .then({
        type: 'RunRequested',
        data: {
          ...kept,
          runId: 'r2',
          internal: [bookOf('i1', 'internal'), bookOf('i2', 'internal')],
          broker: [bookOf('b1', 'broker'), bookOf('b2', 'broker')],
          continues: { runId: 'r1', standing, cleared },
        },
      }));

  it('needs one that is completed, and uploads of the right side', () => {
    const { earlier: _earlier, ...without } = continued();
    given().when(command(ContinueRun, without)).rejects('reconciliation.run-not-completed');
    given()
      .when(continued({ internal: ['b2'] }))
      .rejects('reconciliation.wrong-side');
    given()
      .when(continued({ broker: ['b9'] }))
      .rejects('reconciliation.unknown-upload');
  });
});

it('the breaks of a run bear its date and how they are judged', () => {
  const requested = { type: 'RunRequested' as const, data: { ...kept, breakPolicy: builtInPolicy } };
  const found = {
    type: 'fees' as const,
    internal: ['T1'],
    broker: ['T1'],
    explanation: 'the fees differ',
    notional: '1',
    currency: 'USD',
  };
  given(requested)
    .when(Object.assign(new run.commands.RecordBreaks(), { runId: 'r1', first: 0, breaks: [found] }))
    .then({
      type: 'BreaksFound',
      data: {
        runId: 'r1',
        first: 0,
        breaks: [found],
        tradeDate: '2024-03-02',
        breakPolicy: builtInPolicy,
      },
    });
});

it('a run that fails after it recorded breaks says how many are none', () => {
  const requested = { type: 'RunRequested' as const, data: kept };
  const found = {
    type: 'BreaksFound' as const,
    data: {
      runId: 'r1',
      first: 0,
      breaks: [
        {
          type: 'fees' as const,
          internal: ['T1'],
          broker: ['T1'],
          explanation: 'the fees differ',
          notional: '1',
          currency: 'USD',
        },
      ],
    },
  };
  given(requested, found)
    .when(Object.assign(new run.commands.FailRun(), { runId: 'r1', reason: 'no luck' }))
    .then({ type: 'RunFailed', data: { runId: 'r1', reason: 'no luck', breaks: 1 } });
});
