import { reconcile } from './reconcile.js';
import { type Reconciliation } from './result.js';
import { type SearchLimit } from './search-limits.js';
import { outline, testDate, trades, type TestTrade } from './trades.testing.js';
import { type ToleranceSet } from './tolerances.js';

const within: ToleranceSet = { priceBps: 1, seconds: 60 };
const many = (count: number, of: (index: number) => TestTrade): TestTrade[] =>
  Array.from({ length: count }, (_, index) => of(index));

function run(
  internal: readonly TestTrade[],
  broker: readonly TestTrade[],
  tolerances = within,
): Reconciliation {
  return reconcile(trades(...internal), trades(...broker), { tradeDate: testDate, tolerances });
}

/** What the limits say, with the sides exchanged. */
const swapped = (limits: readonly SearchLimit[]): SearchLimit[] =>
  limits.map(({ internal, broker, ...rest }) => ({ ...rest, internal: broker, broker: internal }));
const inOrder = (limits: readonly SearchLimit[]): string[] =>
  limits.map(({ step, internal, broker, outcome }) => `${step} ${internal} ${broker} ${outcome}`).sort();

describe('a search', () => {
  it('ends by itself on an ordinary block, and then names no limit', () =>
    expect(
      run(
        many(50, (index) => ({ quantity: String(index + 1) })),
        many(50, (index) => ({ quantity: String(index + 1), at: 1 })),
      ).searchLimits,
    ).toEqual([]));

  it('among hundreds of equal trades of one moment is given up, and each record that stays alone says so', () => {
    const [ours, theirs] = [many(300, () => ({})), many(200, () => ({ quantity: '101' }))];
    const { counts, breaks, searchLimits } = run(ours, theirs);
    expect(counts.breaks).toMatchObject({ missingAtBroker: 300, missingInternal: 200 });
    expect(searchLimits).toEqual([
      { step: 'group', account: 'FUND', symbol: 'AAPL', internal: 300, broker: 200, outcome: 'given up' },
      { step: 'oneField', account: 'FUND', symbol: 'AAPL', internal: 300, broker: 200, outcome: 'given up' },
    ]);
    const text = 'among 300 internal and 200 broker records was given up';
    for (const { explanation } of breaks)
      expect(explanation).toBe(
        `${explanation.split(';')[0]}; the search for groups ${text}; ` +
          `the search for pairs that differ in one field ${text}`,
      );
  });

  it('among too many pairs looks at those that are nearest in time', () => {
    const ours = many(1_000, (index) => ({ at: index, price: '10.0001' }));
    const theirs = many(1_000, (index) => ({ at: index + 0.25 }));
    const { counts, searchLimits } = run(ours, theirs, { priceBps: 1, seconds: 3_600 });
    expect(counts.matched.tolerance).toBe(1_000);
    expect(searchLimits).toMatchObject([
      { step: 'tolerance', internal: 1_000, broker: 1_000, outcome: 'narrowed to 56.25 s around each' },
      { step: 'tolerance', outcome: 'solved in parts, not as a whole' },
    ]);
  });

  it('for groups that ends early comes to the same from either side and for every order of rows', () => {
    const sizes = (factor: number) => (index: number) => ({
      quantity: String(1 + ((index * factor) % 997)),
      at: index / 10,
    });
    const [ours, theirs] = [many(40, sizes(389)), many(40, sizes(571))];
    const result = run(ours, theirs, { priceBps: 1, seconds: 20 });
    expect(result.searchLimits).toMatchObject([{ step: 'group', outcome: 'given up at its limit of work' }]);
    const back = run(theirs, ours, { priceBps: 1, seconds: 20 });
    expect(inOrder(swapped(back.searchLimits))).toEqual(inOrder(result.searchLimits));
    expect(back.counts.matched).toEqual(result.counts.matched);
    const shuffled = reconcile(trades(...ours).toReversed(), trades(...theirs).toReversed(), {
      tradeDate: testDate,
      tolerances: { priceBps: 1, seconds: 20 },
    });
    expect(outline(shuffled)).toEqual(outline(result));
  });

  it('takes equal blocks one after another', () => {
    const result = run(
      many(20, () => ({ quantity: '200' })),
      many(40, () => ({ quantity: '100' })),
    );
    expect(result.counts).toMatchObject({ matched: { group: 20 }, breaks: { missingInternal: 0 } });
  });
});
