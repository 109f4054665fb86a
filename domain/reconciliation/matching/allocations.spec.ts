import fc from 'fast-check';
import { reconcile } from './reconcile.js';
import { type Reconciliation } from './result.js';
import { type ToleranceSet } from './tolerances.js';
import { outline, testDate, trade, trades, type TestTrade } from './trades.testing.js';

const within: ToleranceSet = { priceBps: 1, seconds: 60 };

function run(
  internal: readonly TestTrade[],
  broker: readonly TestTrade[],
  tolerances: ToleranceSet = within,
): Reconciliation {
  return reconcile(trades(...internal), trades(...broker), { tradeDate: testDate, tolerances });
}

describe('several records against several', () => {
  const ours: TestTrade[] = [
    { tradeId: 'A1', quantity: '300', price: '10', fees: '3' },
    { tradeId: 'A2', quantity: '200', price: '10.05', fees: '2', at: 10 },
  ];
  const theirs: TestTrade[] = [
    { tradeId: 'B1', quantity: '250', price: '10.02', fees: '2.5', at: 20 },
    { tradeId: 'B2', quantity: '250', price: '10.02', fees: '2.5', at: 40 },
  ];

  it('are one group if their sums agree, and say so in numbers that can be added up by hand', () => {
    const result = run(ours, theirs);
    expect(outline(result)).toEqual(['group A1,A2|B1,B2']);
    expect(result.matches).toMatchObject([{ strategy: 'equal-sums' }]);
    expect(result.matches[0]!.explanation).toBe(
      'internal 300 at 10 + 200 at 10.05 = 500 against broker 250 at 10.02 + 250 at 10.02 = 500; ' +
        'quantity 500 against 500: 0 (0.00 %) apart, 0 allowed; ' +
        'weighted price 10.02 against 10.02: 0.00 bps apart, 1 allowed; ' +
        'trade times up to 40 s apart, 60 allowed; fees 5 against 5: 0 apart, 0 allowed',
    );
  });

  it('are the same group from the other side', () =>
    expect(outline(run(theirs, ours))).toEqual(['group B1,B2|A1,A2']));

  it.each<[string, TestTrade]>([
    ['the quantity', { quantity: '251' }],
    ['the weighted price', { price: '10.05' }],
    ['the window', { at: 61 }],
    ['the fees', { fees: '2.6' }],
    ['the side', { side: 'sell' }],
    ['the currency', { currency: 'EUR' }],
    ['the account', { account: 'OTHER' }],
    ['the symbol', { symbol: 'IBM' }],
  ])('are none if %s does not fit', (_, change) => {
    const result = run(ours, [theirs[0]!, { ...theirs[1]!, ...change }]);
    expect(result.counts.matched.group).toBe(0);
  });

  it('are none below minConfidence', () =>
    expect(run(ours, theirs, { ...within, minConfidence: 1 }).counts.matched.group).toBe(0));

  it('use the tolerance of quantities', () => {
    const more = [theirs[0]!, { ...theirs[1]!, quantity: '251' }];
    const { matches } = run(ours, more, { ...within, quantityAbsolute: 1 });
    expect(matches).toMatchObject([{ type: 'group' }]);
    expect(matches[0]!.explanation).toContain('quantity 500 against 501: 1 (0.20 %) apart, 1 allowed');
  });

  it('are as few as can be', () => {
    const result = run(
      [...ours, { tradeId: 'A3', quantity: '70', at: 5 }, { tradeId: 'A4', quantity: '30', at: 6 }],
      [
        ...theirs,
        { tradeId: 'B3', quantity: '60', at: 7 },
        { tradeId: 'B4', quantity: '20', at: 8 },
        { tradeId: 'B5', quantity: '20', at: 9 },
      ],
    );
    expect(outline(result)).toEqual(['group A1,A2|B1,B2', 'group A3,A4|B3,B4,B5']);
  });

  it('come after one block against its fills', () => {
    const result = run([...ours, { tradeId: 'A3', quantity: '500', price: '10.02' }], theirs);
    expect(outline(result)).toEqual(['group A3|B1,B2', 'missingAtBroker A1|', 'missingAtBroker A2|']);
  });

  it('may be more than every combination of is tried, if they are all there is', () => {
    const many = Array.from({ length: 40 }, (_, index): TestTrade => ({ quantity: '70', at: index }));
    const others = Array.from({ length: 35 }, (_, index): TestTrade => ({ quantity: '80', at: index }));
    const result = run(many, others);
    expect(result.counts.matched.group).toBe(1);
    expect(result.matches[0]!.internal).toHaveLength(40);
    expect(result.matches[0]!.explanation).toContain('+ 70 at 10 + 28 more = 2800 against');
  });
});

describe('two ways to split the same quantity', () => {
  const parts = fc
    .array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 })
    .map((list) => list.map((size) => size * 100));
  /** The same sum in other parts. */
  const splits = fc.tuple(parts, fc.array(fc.nat(10_000), { maxLength: 5 })).map(([ours, cuts]) => {
    const sum = ours.reduce((all, part) => all + part, 0);
    const ends = [...new Set([...cuts.map((cut) => Math.ceil((cut % sum) / 10) * 10), 0, sum])];
    ends.sort((left, right) => left - right);
    const theirs = ends.slice(1).map((end, index) => end - ends[index]!);
    return [ours, theirs] as const;
  });
  const book = (parts: readonly number[], second: number): TestTrade[] =>
    parts.map((part, index) => ({ quantity: String(part), at: second + index * 3 }));

  it('agree in every record, under a tolerance and under every looser one', () => {
    fc.assert(
      fc.property(splits, fc.nat(30), fc.nat(5), ([ours, theirs], longer, bps) => {
        for (const tolerances of [within, { priceBps: 1 + bps, seconds: 60 + longer }]) {
          const { breaks } = run(book(ours, 0), book(theirs, 1), tolerances);
          expect(breaks).toEqual([]);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('leave nothing over that agrees, if a record is lost', () => {
    fc.assert(
      fc.property(splits, fc.nat(10), ([ours, theirs], lost) => {
        const left = book(ours, 0).map((one, index) => trade(one, index + 2));
        const right = book(theirs, 1)
          .map((one, index) => trade(one, index + 2))
          .filter((_, index) => index !== lost % theirs.length);
        const terms = { tradeDate: testDate, tolerances: within };
        const { breaks } = reconcile(left, right, terms);
        const alone = (side: 'internal' | 'broker') =>
          new Set(breaks.filter(({ type }) => type.startsWith('missing')).flatMap((found) => found[side]));
        const [ourRest, theirRest] = [alone('internal'), alone('broker')];
        const again = reconcile(
          left.filter(({ line }) => ourRest.has(`#${line}`)),
          right.filter(({ line }) => theirRest.has(`#${line}`)),
          terms,
        );
        expect(again.matches).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
