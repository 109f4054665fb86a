import { command, specify } from '../../kernel/testing.js';
import { builtInPolicy } from '../breaks/policy-table.js';
import type { BreakTerms } from '../breaks/events.js';
import type { RunEvent } from '../runs/events.js';
import { noToleranceLimits, trades } from '../matching/trades.testing.js';
import { run } from '../runs/run.js';
import type { BookSide } from '../trade-record.js';
import { MatchByHand, UndoHandMatch, type UnmatchedRecord } from './commands.js';
import { handDifferences } from './hand-differences.js';
import { handMatchSaga } from './hand-match.saga.js';

const { given } = specify(run);
const by = { actor: 'key:ann' };
const object = { sha256: 'aa', bytes: 1, rows: 0 };
const terms = (ordinal: number, side: BookSide, name: string): BreakTerms => ({
  breakId: `r1.0000000${ordinal}`,
  runId: 'r1',
  type: side === 'internal' ? 'missingAtBroker' : 'missingInternal',
  internal: side === 'internal' ? [name] : [],
  broker: side === 'broker' ? [name] : [],
  explanation: 'no record',
  notional: '1000',
  currency: 'USD',
});
const record = (ordinal: number, side: BookSide, name: string, isOpen = true): UnmatchedRecord => ({
  side,
  name,
  terms: terms(ordinal, side, name),
  isOpen,
});
const found = [record(0, 'internal', 'T1'), record(1, 'broker', 'X1'), record(2, 'broker', 'X2')];
const match = (fields: Partial<MatchByHand> = {}) =>
  command(MatchByHand, {
    runId: 'r1',
    matchId: 'm1',
    internal: ['T1'],
    broker: ['X1', 'X2'],
    reason: 'they called',
    found,
    differences: ['quantity 100 against 99'],
    ...fields,
  });
const undo = command(UndoHandMatch, { runId: 'r1', matchId: 'm1', reason: 'it was wrong' });

const requested: RunEvent = {
  type: 'RunRequested',
  data: { runId: 'r1', tradeDate: '2024-06-12', internal: [], broker: [], tolerances: {} },
};
const completed: RunEvent = {
  type: 'RunCompleted',
  data: { runId: 'r1', counts: {} as never, manifest: { matches: object, breaks: object } },
};
const breaks = found.map((one) => one.terms);
const matched = {
  type: 'RecordsMatchedByHand',
  data: {
    runId: 'r1',
    matchId: 'm1',
    internal: ['T1'],
    broker: ['X1', 'X2'],
    breaks,
    differences: ['quantity 100 against 99'],
    reason: 'they called',
    by: 'key:ann',
  },
} as const;
const undone = {
  type: 'HandMatchUndone',
  data: { runId: 'r1', matchId: 'm1', breaks, reason: 'it was wrong', by: 'key:ann' },
} as const;

describe('a match made by hand', () => {
  it('is an event of the run, with who made it, why, and what the records disagree in', () =>
    given(requested, completed).when(match(), by).then(matched));

  it('is made once', () => given(requested, completed, matched).when(match(), by).then());

  it.each<[string, Partial<MatchByHand>, string]>([
    ['a record that the run did not leave unmatched', { broker: ['X9'] }, 'reconciliation.record-not-open'],
    ['a record of the other side', { internal: ['X1'] }, 'reconciliation.record-not-open'],
    [
      'a record whose break is closed',
      { found: [found[0]!, record(1, 'broker', 'X1', false), found[2]!] },
      'reconciliation.record-not-open',
    ],
    [
      'a name of two records',
      { found: [...found, record(3, 'broker', 'X1')] },
      'reconciliation.ambiguous-record',
    ],
  ])('is refused with %s', (_, fields, code) =>
    given(requested, completed).when(match(fields), by).rejects(code),
  );

  it('is refused for what is matched by hand already', () =>
    given(requested, completed, matched)
      .when(match({ matchId: 'm2' }), by)
      .rejects('reconciliation.record-not-open'));

  it('needs a completed run', () => {
    given().when(match(), by).rejects('reconciliation.unknown-run');
    given(requested).when(match(), by).rejects('reconciliation.run-not-completed');
  });

  it('can be undone, once, and made again', () => {
    given(requested, completed, matched).when(undo, by).then(undone);
    given(requested, completed, matched, undone).when(undo, by).then();
    given(requested, completed).when(undo, by).rejects('reconciliation.unknown-match');
    given(requested, completed, matched, undone)
      .when(match({ matchId: 'm2' }), by)
      .then({ ...matched, data: { ...matched.data, matchId: 'm2' } });
  });
});

describe('the breaks of a match made by hand', () => {
  it('are cleared by it, one by one, and opened again without it', () => {
    const cleared = handMatchSaga.on.RecordsMatchedByHand({}, matched as never, 'm1');
    const opened = handMatchSaga.on.HandMatchUndone({}, undone as never, 'm1');
    const common = {
      by: 'key:ann',
      policy: builtInPolicy,
      clearing: { byRun: 'r1', how: 'hand', handMatch: 'm1' },
    };
    expect(cleared!.steps!.map((step) => ({ ...step.command }))).toEqual(
      breaks.map((one) => ({
        ...common,
        breakId: one.breakId,
        terms: one,
        bulkId: 'm1',
        action: { kind: 'clear', byRun: 'r1' },
      })),
    );
    expect(opened!.steps!.map((step) => ({ ...step.command }))).toEqual(
      breaks.map((one) => ({
        ...common,
        breakId: one.breakId,
        terms: one,
        bulkId: 'm1.undone',
        action: { kind: 'restore', reason: 'it was wrong' },
      })),
    );
  });
});

describe('what records disagree in', () => {
  it('is said field by field, sums and weighted prices included', () =>
    expect(
      handDifferences(
        trades({ quantity: '100', price: '10', fees: '3', symbol: 'IBM' }),
        trades(
          { quantity: '60', price: '10', fees: '1', symbol: 'IBM.N', at: 5 },
          { quantity: '39', price: '11', fees: '1', symbol: 'IBM.N', settlementDate: '2024-06-13' },
        ),
        noToleranceLimits,
      ),
    ).toEqual([
      'symbol IBM against IBM.N',
      'settlementDate none against 2024-06-13, none',
      'quantity 100 against 99: 1 (1.01 %) apart, 0 allowed',
      'weighted price 10 against 10.393939393939: 393.94 bps apart, 0 allowed',
      'fees 3 against 2: 1 apart, 0 allowed',
      'trade times up to 5 s apart',
    ]));

  it('is nothing where they agree', () =>
    expect(handDifferences(trades({}), trades({}), noToleranceLimits)).toEqual([]));
});
