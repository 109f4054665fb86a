import fc from 'fast-check';
import { reconcile, type ReconciliationTerms } from './reconcile.js';
import { testDate, trades, type TestTrade } from './trades.testing.js';

const crossReference = {
  version: 3,
  instruments: [
    { ticker: 'AAPL', isin: 'US0378331005', cusip: '037833100', assetClass: 'equity' },
    { ticker: 'T 4 1/4', cusip: '91282CJZ5', assetClass: 'bond' },
  ],
};

function run(ours: TestTrade, theirs: TestTrade, terms: Partial<ReconciliationTerms> = {}) {
  const { matches, breaks } = reconcile(trades(ours), trades(theirs), {
    tradeDate: testDate,
    tolerances: { seconds: 60 },
    ...terms,
  });
  return [...matches, ...breaks];
}

describe('the cross-reference', () => {
  it.each([
    ['AAPL', 'US0378331005', 'AAPL is US0378331005 by cross-reference version 3'],
    [
      '037833100',
      'AAPL',
      '037833100 is US0378331005 by cross-reference version 3; AAPL is US0378331005 by cross-reference version 3',
    ],
    ['91282CJZ5', 'T 4 1/4', 'T 4 1/4 is 91282CJZ5 by cross-reference version 3'],
  ])('makes %s and %s one instrument before everything else', (ours, theirs, text) => {
    expect(run({ symbol: ours }, { symbol: theirs })).toMatchObject([{ type: 'missingAtBroker' }, {}]);
    const [match, ...others] = run({ symbol: ours }, { symbol: theirs }, { crossReference });
    expect(others).toEqual([]);
    expect(match).toMatchObject({ type: 'exact' });
    expect(match!.explanation).toMatch(new RegExp(`disagreement; ${text}$`));
  });

  it('is told of in breaks too, and only where the two sides write differently', () => {
    const price = { price: '11' };
    const [different] = run({ symbol: 'AAPL' }, { symbol: '037833100', ...price }, { crossReference });
    expect(different).toMatchObject({ type: 'price' });
    expect(different!.explanation).toContain('; AAPL is US0378331005 by cross-reference version 3');
    const [alike] = run({ symbol: 'AAPL' }, { symbol: 'AAPL', ...price }, { crossReference });
    expect(alike!.explanation).not.toContain('cross-reference');
  });
});

describe('a tolerance', () => {
  const named = { toleranceSet: { name: 'desk', version: 4 }, crossReference };
  const judged = (terms: Partial<ReconciliationTerms>, symbol = 'AAPL') =>
    run({ symbol }, { symbol, price: '10.01' }, { ...named, ...terms });

  it('is named by its set and version, in matches and breaks', () => {
    expect(judged({ tolerances: { priceBps: 10 } })).toMatchObject([
      {
        type: 'tolerance',
        explanation:
          'price 10 against 10.01: 10.00 bps apart, 10 allowed; judged by tolerance set desk version 4',
      },
    ]);
    expect(judged({ tolerances: { priceBps: 9 } })).toMatchObject([
      {
        type: 'price',
        explanation:
          'price 10 against 10.01: 10.00 bps apart, 9 allowed; every other compared field agrees; judged by tolerance set desk version 4',
      },
    ]);
    expect(run({}, { quantity: '7', price: '11' }, named)[0]!.explanation).toBe(
      'no record of the broker is this trade, or differs from it in one field; judged by tolerance set desk version 4',
    );
  });

  it.each([
    ['symbol', { symbol: 'US0378331005' }, 'symbol US0378331005'],
    ['asset class', { assetClass: 'equity' }, 'asset class equity'],
    ['source', { source: 'goldman' }, 'source goldman'],
    ['all of them', { symbol: 'AAPL', source: 'goldman' }, 'symbol AAPL and source goldman'],
  ])('is overridden by %s, and says so', (_, conditions, text) => {
    const terms = {
      tolerances: {},
      overrides: [{ ...conditions, tolerances: { priceBps: 10 } }],
      sources: { internal: ['books'], broker: ['goldman'] },
    };
    const [match] = judged(terms);
    expect(match).toMatchObject({ type: 'tolerance' });
    expect(match!.explanation).toContain(`; judged by tolerance set desk version 4, override for ${text}`);
  });

  it('of another symbol, asset class or source is not used', () => {
    const overrides = [
      { symbol: 'IBM', tolerances: { priceBps: 10 } },
      { assetClass: 'bond', tolerances: { priceBps: 10 } },
      { source: 'citi', tolerances: { priceBps: 10 } },
    ];
    const sources = { internal: ['books'], broker: ['goldman'] };
    expect(judged({ tolerances: {}, overrides, sources })).toMatchObject([{ type: 'price' }]);
  });

  it('is overridden by symbol before asset class, and by that before source', () => {
    const [symbol, assetClass, source] = [
      { symbol: 'AAPL', tolerances: { priceBps: 10 } },
      { assetClass: 'equity', tolerances: { priceBps: 11 } },
      { source: 'books', tolerances: { priceBps: 12 } },
    ];
    const sources = { internal: ['books'], broker: ['goldman'] };
    const allowed = (overrides: ReconciliationTerms['overrides']) =>
      judged({ tolerances: {}, overrides, sources })[0]!.explanation;
    expect(allowed([source, assetClass, symbol])).toContain('10 allowed');
    expect(allowed([source, assetClass])).toContain('11 allowed');
    expect(allowed([source])).toContain('12 allowed');
  });

  it('keeps what its override leaves out', () =>
    expect(
      run({}, { price: '10.01', at: 60 }, { overrides: [{ symbol: 'AAPL', tolerances: { priceBps: 10 } }] }),
    ).toMatchObject([{ type: 'tolerance' }]));

  it('that an override loosens matches no fewer pairs', () => {
    const offsets = fc.array(fc.nat(20), { maxLength: 8 });
    const book = (list: readonly number[], second: number) =>
      trades(
        ...list.map((offset) => ({ price: `10.0${String(offset).padStart(2, '0')}`, at: second + offset })),
      );
    fc.assert(
      fc.property(offsets, offsets, fc.nat(20), fc.nat(20), (ours, theirs, bps, more) => {
        const matched = (overrides: ReconciliationTerms['overrides']): number =>
          reconcile(book(ours, 0), book(theirs, 0.5), {
            tradeDate: testDate,
            tolerances: { priceBps: bps, seconds: 10 },
            overrides,
          }).counts.matched.tolerance;
        const loosened = [{ symbol: 'AAPL', tolerances: { priceBps: bps + more, seconds: 10 + more } }];
        expect(matched(loosened)).toBeGreaterThanOrEqual(matched([]));
      }),
      { numRuns: 300 },
    );
  });
});
