import fc from 'fast-check';
import { recordReference, type TradeRecord } from '../trade-record.js';
import { assign, type AssignmentEdge } from './assignment.js';
import { contentText } from './compared-fields.js';
import { reconcile } from './reconcile.js';
import { type Reconciliation } from './result.js';
import { type ToleranceSet } from './tolerances.js';
import { outline, testDate, trade, type TestTrade } from './trades.testing.js';

const oneOf = <Value>(...values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values);

/** Few values, so that records meet, compete, add up and disagree. */
const shape: fc.Arbitrary<TestTrade> = fc.record({
  symbol: oneOf('AAPL', 'AAPL', 'IBM'),
  side: oneOf('buy' as const, 'buy' as const, 'sell' as const),
  quantity: oneOf('100', '100', '200', '300', '50'),
  price: oneOf('10', '10', '10.0005', '10.001', '11'),
  fees: oneOf(undefined, '1', '1', '2'),
  settlementDate: oneOf('2024-06-13', '2024-06-13', '2024-06-14', undefined),
  tradeDate: oneOf(testDate, testDate, testDate, '2024-06-11'),
  at: oneOf(0, 0, 10, 30, 55, 100),
});
const book = (ids: fc.Arbitrary<string | undefined>): fc.Arbitrary<TradeRecord[]> =>
  fc
    .array(fc.tuple(shape, ids), { maxLength: 12 })
    .map((list) => list.map(([one, tradeId], index) => trade({ ...one, tradeId }, index + 2)));

const ids = oneOf(undefined, undefined, 'T1', 'T2', 'T3', 'T4', 'T5');
const books = fc.tuple(book(ids), book(ids));
const tolerances: fc.Arbitrary<ToleranceSet> = fc.record({
  priceBps: oneOf<number | string>(0, '0.5', 1, 5),
  quantityPercent: oneOf(0, 0, 50),
  seconds: oneOf(0, 20, 60),
  settlementDays: oneOf(0, 1),
  feesAbsolute: oneOf(0, 1),
  minConfidence: oneOf<number | string>(0, 0.5, '0.8'),
});

const run = (
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  set: ToleranceSet,
): Reconciliation => reconcile(internal, broker, { tradeDate: testDate, tolerances: set });

const items = ({ matches, breaks }: Reconciliation) => [...matches, ...breaks];
const asText = (result: Reconciliation): string[] =>
  items(result)
    .map((item) => JSON.stringify(item))
    .sort();
const ofRun = (records: readonly TradeRecord[]): TradeRecord[] =>
  records.filter(({ tradeDate }) => tradeDate === testDate);

describe('a reconciliation', () => {
  it('puts every accepted record into exactly one match, group or break', () => {
    fc.assert(
      fc.property(books, tolerances, ([internal, broker], set) => {
        const result = run(internal, broker, set);
        const all = items(result);
        expect(all.flatMap((item) => item.internal).sort()).toEqual(
          ofRun(internal).map(recordReference).sort(),
        );
        expect(all.flatMap((item) => item.broker).sort()).toEqual(ofRun(broker).map(recordReference).sort());
        const { matched, breaks } = result.counts;
        const counted = [...Object.values(matched), ...Object.values(breaks)];
        expect(counted.reduce((sum, count) => sum + count)).toBe(all.length);
      }),
      { numRuns: 500 },
    );
  });

  it('does not depend on the order of the rows', () => {
    const shuffled = (records: readonly TradeRecord[]): fc.Arbitrary<TradeRecord[]> =>
      fc.shuffledSubarray([...records], { minLength: records.length });
    const twice = books.chain(([internal, broker]) =>
      fc.tuple(fc.constant([internal, broker] as const), shuffled(internal), shuffled(broker)),
    );
    fc.assert(
      fc.property(twice, tolerances, ([[internal, broker], internalAgain, brokerAgain], set) => {
        expect(asText(run(internalAgain, brokerAgain, set))).toEqual(asText(run(internal, broker, set)));
      }),
      { numRuns: 500 },
    );
  });

  it('is symmetric in its sides', () => {
    // Records are named by what they say: which of two equal records is meant, nobody can see.
    const names = (records: readonly TradeRecord[]): ((reference: string) => string) => {
      const byReference = new Map(records.map((record) => [recordReference(record), contentText(record)]));
      return (reference) => (reference.startsWith('#') ? (byReference.get(reference) ?? '') : reference);
    };
    const opposite: Readonly<Record<string, string>> = {
      missingAtBroker: 'missingInternal',
      missingInternal: 'missingAtBroker',
    };
    fc.assert(
      fc.property(books, tolerances, ([internal, broker], set) => {
        const [ours, theirs] = [names(internal), names(broker)];
        const outcome = (result: Reconciliation, swapped: boolean): string[] =>
          items(result)
            .map((item) => {
              const [left, right] = swapped ? [item.broker, item.internal] : [item.internal, item.broker];
              const type = swapped ? (opposite[item.type] ?? item.type) : item.type;
              const confidence = 'confidence' in item ? item.confidence : '';
              return `${type} ${confidence} ${left.map(ours).sort().join()}|${right.map(theirs).sort().join()}`;
            })
            .sort();
        expect(outcome(run(broker, internal, set), true)).toEqual(outcome(run(internal, broker, set), false));
      }),
      { numRuns: 500 },
    );
  });

  it('is the same when one side writes its symbols another way, which the cross-reference knows', () => {
    const crossReference = {
      version: 1,
      instruments: [
        { ticker: 'AAPL', isin: 'US0378331005' },
        { ticker: 'IBM', cusip: '459200101' },
      ],
    };
    const writings: Readonly<Record<string, string>> = { AAPL: 'US0378331005', IBM: '459200101' };
    const rewritten = (records: readonly TradeRecord[]): TradeRecord[] =>
      records.map((record) => ({ ...record, symbol: writings[record.symbol] ?? record.symbol }));
    const outcome = (internal: readonly TradeRecord[], broker: readonly TradeRecord[], set: ToleranceSet) =>
      outline(reconcile(internal, broker, { tradeDate: testDate, tolerances: set, crossReference }));
    fc.assert(
      fc.property(books, tolerances, ([internal, broker], set) => {
        expect(outcome(internal, rewritten(broker), set)).toEqual(outcome(internal, broker, set));
      }),
      { numRuns: 200 },
    );
  });

  it('makes the best of all assignments of a small block: the most pairs, then the highest confidence', () => {
    // Prices that never agree exactly, and quantities that make no groups: every match is of this step.
    const side = (price: string): fc.Arbitrary<TradeRecord[]> =>
      fc
        .array(fc.tuple(fc.nat(9), fc.nat(60)), { maxLength: 5 })
        .map((list) => list.map(([tick, at], index) => trade({ price: `${price}${tick}`, at }, index + 2)));
    const set = { priceBps: 5, seconds: 30 };
    type Sums = readonly [pairs: number, confidence: number];
    const inMillionths = (confidence: number): number => Math.round(confidence * 1_000_000);
    /** Tries everything; undefined is no match. */
    const best = (
      pairs: readonly (readonly (number | undefined)[])[],
      taken: readonly number[] = [],
    ): Sums => {
      const [first, ...others] = pairs;
      if (first === undefined) return [0, 0];
      return first.reduce<Sums>(
        (found, confidence, column) => {
          if (confidence === undefined || taken.includes(column)) return found;
          const rest = best(others, [...taken, column]);
          const sums: Sums = [rest[0] + 1, rest[1] + confidence];
          return sums[0] > found[0] || (sums[0] === found[0] && sums[1] > found[1]) ? sums : found;
        },
        best(others, taken),
      );
    };
    fc.assert(
      fc.property(side('10.000'), side('10.001'), (internal, broker) => {
        const { matches } = run(internal, broker, set);
        const pairs = internal.map((left) =>
          broker.map((right) => {
            const [match] = run([left], [right], set).matches;
            return match && inMillionths(match.confidence);
          }),
        );
        const confidence = matches.reduce((sum, one) => sum + inMillionths(one.confidence), 0);
        expect([matches.length, confidence]).toEqual(best(pairs));
      }),
      { numRuns: 200 },
    );
  });

  // In general it does not hold: a looser tolerance may turn two records that share an id by chance (two fields apart)
  // into a break of one field, which holds them together and from other partners. And groups are not pairs: a record
  // that pairs under a looser tolerance may be missing from a group.
  it('pairs no fewer records under looser tolerances, if no trade id is shared', () => {
    const ours = book(fc.constant(undefined));
    const wider: fc.Arbitrary<[ToleranceSet, ToleranceSet]> = fc
      .tuple(oneOf(0, 1, 5), oneOf(0, 4), oneOf(0, 20), oneOf(0, 40), oneOf(0, 1), oneOf(0, 0.6))
      .map(([bps, more, seconds, longer, fees, minConfidence]) => [
        { priceBps: bps, seconds, minConfidence },
        { priceBps: bps + more, seconds: seconds + longer, feesAbsolute: fees, minConfidence },
      ]);
    const pairs = ({ counts }: Reconciliation): number => counts.matched.exact + counts.matched.tolerance;
    fc.assert(
      fc.property(ours, ours, wider, (internal, broker, [narrow, wide]) => {
        expect(pairs(run(internal, broker, wide))).toBeGreaterThanOrEqual(
          pairs(run(internal, broker, narrow)),
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('an assignment', () => {
  const edges = (rows: number, columns: number): fc.Arbitrary<AssignmentEdge[]> =>
    fc.uniqueArray(
      fc.record({
        row: fc.nat(rows - 1),
        column: fc.nat(columns - 1),
        cost: fc.nat(20),
        tie: fc.nat(5),
      }),
      { selector: ({ row, column }) => `${row},${column}`, maxLength: 16 },
    );

  type Sums = readonly [pairs: number, cost: number, tie: number];
  const compare = (left: Sums, right: Sums): number =>
    left[0] - right[0] || right[1] - left[1] || right[2] - left[2];

  /** Tries everything. */
  function best(rest: readonly AssignmentEdge[], sums: Sums = [0, 0, 0]): Sums {
    const [edge, ...others] = rest;
    if (edge === undefined) return sums;
    const without = best(others, sums);
    const free = others.filter(({ row, column }) => row !== edge.row && column !== edge.column);
    const taken = best(free, [sums[0] + 1, sums[1] + edge.cost, sums[2] + edge.tie]);
    return compare(taken, without) > 0 ? taken : without;
  }

  it('has the most pairs, then the least cost, then the least tie, of all there are', () => {
    fc.assert(
      fc.property(edges(5, 5), (list) => {
        const columns = assign(5, 5, list);
        const chosen = list.filter(({ row, column }) => columns[row] === column);
        const used = [...columns].filter((column) => column >= 0);
        expect(new Set(used).size).toBe(used.length);
        expect(chosen).toHaveLength(used.length);
        const sum = (of: (edge: AssignmentEdge) => number): number =>
          chosen.reduce((all, edge) => all + of(edge), 0);
        expect([chosen.length, sum(({ cost }) => cost), sum(({ tie }) => tie)]).toEqual(best(list));
      }),
      { numRuns: 1_000 },
    );
  });

  it('of nothing is nothing', () => {
    expect([...assign(0, 0, [])]).toEqual([]);
    expect([...assign(2, 1, [])]).toEqual([-1, -1]);
  });
});
