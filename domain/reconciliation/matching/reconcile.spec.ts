import { type TradeRecord } from '../trade-record.js';
import { reconcile } from './reconcile.js';
import { type Reconciliation } from './result.js';
import { type ToleranceSet } from './tolerances.js';
import { outline, testDate, trade, trades, type TestTrade } from './trades.testing.js';

const within: ToleranceSet = { priceBps: 1, seconds: 60 };

function run(
  internal: readonly TradeRecord[],
  broker: readonly TradeRecord[],
  tolerances: ToleranceSet = within,
  timeResolution?: number,
): Reconciliation {
  return reconcile(internal, broker, { tradeDate: testDate, tolerances, timeResolution });
}

describe('duplicates', () => {
  it('leave the first record in the run, and are a break each', () => {
    const copies = trades({ tradeId: 'T1' }, { tradeId: 'T1' }, { tradeId: 'T1' });
    const result = run(trades({ tradeId: 'T1' }), copies.toReversed());
    expect(outline(result)).toEqual(['duplicate |T1', 'duplicate |T1', 'exact T1|T1']);
    expect(result.breaks.map(({ explanation }) => explanation)).toEqual([
      'T1 in line 3 repeats line 2 in every compared field',
      'T1 in line 4 repeats line 2 in every compared field',
    ]);
    expect(result.counts).toMatchObject({ internal: 1, broker: 3, breaks: { duplicate: 2 } });
  });

  it('need a trade id and every compared field equal', () => {
    const other = trades({ tradeId: 'T1' }, { tradeId: 'T1', quantity: '7' }, {}, {});
    expect(outline(run(other, []))).toEqual([
      'missingAtBroker #4|',
      'missingAtBroker #5|',
      'missingAtBroker T1|',
      'missingAtBroker T1|',
    ]);
  });
});

describe('exact matches', () => {
  it('are found by trade id first, and by composite key', () => {
    const { matches } = run(
      trades({ tradeId: 'T1' }, { tradeId: 'T2' }),
      trades({ tradeId: 'X1' }, { tradeId: 'T1' }),
    );
    expect(matches.map(({ internal, broker, strategy }) => [...internal, ...broker, strategy])).toEqual([
      ['T1', 'T1', 'trade-id'],
      ['T2', 'X1', 'composite-key'],
    ]);
    expect(matches.every(({ type, confidence }) => type === 'exact' && confidence === 1)).toBe(true);
  });

  it.each<[string, TestTrade]>([
    ['settlement date', { settlementDate: '2024-06-14' }],
    ['fees', { fees: '1' }],
    ['currency', { currency: 'EUR' }],
    ['time', { at: 0.001 }],
  ])('have the same %s', (_, change) => {
    const all: TestTrade = { settlementDate: '2024-06-13', fees: '2' };
    expect(run(trades(all), trades({ ...all, ...change })).counts.matched.exact).toBe(0);
  });

  it('do not mind what one side does not send', () => {
    const sent = trades({ settlementDate: '2024-06-13', fees: '2', counterparty: 'GSCO' });
    expect(run(sent, trades({ tradeId: 'X1' })).counts.matched.exact).toBe(1);
  });

  it('compare times no finer than the coarser side writes them', () => {
    expect(run(trades({ at: 1.999 }), trades({ at: 1 }), {}, 1_000).counts.matched.exact).toBe(1);
    expect(run(trades({ at: 2 }), trades({ at: 1 }), {}, 1_000).counts.matched.exact).toBe(0);
  });

  it('pair equal records without ids one to one', () => {
    const { counts } = run(trades({}, {}, {}), trades({}, {}));
    expect(counts).toMatchObject({ matched: { exact: 2 }, breaks: { missingAtBroker: 1 } });
  });
});

describe('matches within tolerance', () => {
  it('are as many as can be, and not the first that come', () => {
    // Greedily, #3 would take #2, which is 5 s away, and leave #2 of our book without a partner.
    const result = run(trades({ at: 0 }, { at: 40 }), trades({ at: 45 }, { at: 95 }));
    expect(outline(result)).toEqual(['tolerance #2|#2', 'tolerance #3|#3']);
  });

  it('are the most confident among as many', () => {
    const result = run(trades({ at: 0 }, { at: 30 }), trades({ at: 29 }, { at: 1 }));
    expect(outline(result)).toEqual(['tolerance #2|#3', 'tolerance #3|#2']);
  });

  it('say what differs, by how much, and which tolerance was used', () => {
    const [match] = run(trades({ price: '62.1805' }), trades({ price: '62.183', at: 10 })).matches;
    expect(match).toMatchObject({ type: 'tolerance', strategy: 'nearest', confidence: 0.800946 });
    expect(match!.explanation).toBe(
      'price 62.1805 against 62.183: 0.40 bps apart, 1 allowed; ' +
        'trade time 2024-06-12T12:00:00.000Z against 2024-06-12T12:00:10.000Z: 10 s apart, 60 allowed',
    );
  });

  it('keep to minConfidence, but for a shared trade id', () => {
    const [left, right] = [{ at: 0 }, { at: 60 }];
    expect(
      run(trades(left), trades(right), { ...within, minConfidence: '0.65' }).counts.matched.tolerance,
    ).toBe(1);
    expect(outline(run(trades(left), trades(right), { ...within, minConfidence: 0.66 }))).toEqual([
      'missingAtBroker #2|',
      'missingInternal |#2',
    ]);
    const [first, second] = [
      { ...left, tradeId: 'T' },
      { ...right, tradeId: 'T' },
    ];
    expect(run(trades(first), trades(second), { ...within, minConfidence: 1 }).counts.matched.tolerance).toBe(
      1,
    );
  });

  it.each<[ToleranceSet, TestTrade, boolean]>([
    [{ priceBps: 10 }, { price: '10.01' }, true],
    [{ priceBps: 10 }, { price: '10.010000000001' }, false],
    [{ priceBps: '0.5' }, { price: '10.0005' }, true],
    [{ priceAbsolute: '0.02', priceBps: 1 }, { price: '9.98' }, true],
    [{ priceAbsolute: '0.02' }, { price: '9.979999999999' }, false],
    [{ quantityAbsolute: 1 }, { quantity: '101' }, true],
    [{ quantityPercent: 1 }, { quantity: '101' }, true],
    [{ quantityPercent: 1 }, { quantity: '101.000000000001' }, false],
    [{ seconds: 1.5 }, { at: 1.5 }, true],
    [{ seconds: 1.5 }, { at: -1.501 }, false],
    [{ settlementDays: 1 }, { settlementDate: '2024-06-14' }, true],
    [{ settlementDays: 1 }, { settlementDate: '2024-06-15' }, false],
    [{ feesAbsolute: '0.01' }, { fees: '2.01' }, true],
    [{ feesAbsolute: '0.01' }, { fees: '-2' }, false],
    [{}, { price: '10.000000000001' }, false],
  ])('under %j, with %j: %s', (tolerances, change, expected) => {
    const base: TestTrade = { settlementDate: '2024-06-13', fees: '2' };
    const { counts } = run(trades(base), trades({ ...base, ...change }), tolerances);
    expect(counts.matched.tolerance).toBe(expected ? 1 : 0);
  });

  it('refuse a tolerance set that cannot be judged by', () => {
    expect(() => run([], [], { priceBps: -1, seconds: 'soon', minConfidence: 2 })).toThrow(
      'priceBps is less than zero; seconds is not a number; minConfidence is too large',
    );
  });
});

describe('groups', () => {
  const block: TestTrade = { tradeId: 'T1', quantity: '500', fees: '1.75' };
  const fills: TestTrade[] = [
    { tradeId: 'X1', quantity: '204', price: '10.01', fees: '0.71' },
    { tradeId: 'X2', quantity: '296', price: '9.9931', fees: '1.04', at: 30 },
  ];

  it('of fills on either side add up to a block on the other', () => {
    const result = run(trades(block), trades(...fills, { tradeId: 'X3', quantity: '7' }));
    expect(outline(result)).toEqual(['group T1|X1,X2', 'missingInternal |X3']);
    expect(outline(run(trades(...fills), trades(block)))).toEqual(['group X1,X2|T1']);
    expect(result.matches[0]!.explanation).toBe(
      '2 fills of 500 in all make a block of 500; weighted price 10 against 9.9999952: 0.00 bps apart, ' +
        '1 allowed; trade times up to 30 s apart, 60 allowed; fees 1.75 against 1.75: 0 apart, 0 allowed',
    );
  });

  it.each<[string, TestTrade]>([
    ['the quantity', { quantity: '297' }],
    ['the weighted price', { price: '10.01' }],
    ['the window', { at: 61 }],
    ['the fees', { fees: '1.05' }],
    ['the side', { side: 'sell' }],
    ['the currency', { currency: 'EUR' }],
  ])('are none if %s does not fit', (_, change) => {
    const result = run(trades(block), trades(fills[0]!, { ...fills[1]!, ...change }));
    expect(result.counts.matched.group).toBe(0);
  });

  it('come before a break of quantity, and keep what shares a trade id together', () => {
    const ids = fills.map((fill) => ({ ...fill, tradeId: 'T1' }));
    expect(outline(run(trades(block), trades(...ids)))).toEqual(['group T1|T1,T1']);
    // T1 and T1 differ in price: the group of T1 with others would part them.
    const priced = trades({ ...block, price: '11', tradeId: 'T1' }, ...fills);
    expect(outline(run(trades(block), priced))).toEqual([
      'missingInternal |X1',
      'missingInternal |X2',
      'price T1|T1',
    ]);
  });

  it('are found in bounded time among many fills that do not fit', () => {
    const many = Array.from({ length: 200 }, (_, index): TestTrade => ({ quantity: String(2 * index + 2) }));
    const result = run(trades({ quantity: '4001' }), trades(...many));
    expect(result.counts.matched.group).toBe(0);
  });

  it('of many fills are found among others of another price', () => {
    const parts = Array.from({ length: 30 }, (_, index): TestTrade => ({ quantity: '10', at: index }));
    const others = Array.from({ length: 30 }, (_, index): TestTrade => ({
      quantity: '11',
      price: '10.5',
      at: index,
    }));
    const result = run(trades({ quantity: '300' }), trades(...others, ...parts));
    expect(result.counts).toMatchObject({ matched: { group: 1 }, breaks: { missingInternal: 30 } });
  });
});

describe('breaks of one field', () => {
  const base: TestTrade = { settlementDate: '2024-06-13', fees: '2' };

  it.each<[string, TestTrade, string]>([
    ['price', { price: '10.005' }, 'price 10 against 10.005: 5.00 bps apart, 1 allowed'],
    ['quantity', { quantity: '75' }, 'quantity 100 against 75: 25 (33.33 %) apart, 0 allowed'],
    ['side', { side: 'sell' }, 'side buy against sell: they must be equal'],
    ['currency', { currency: 'EUR' }, 'currency USD against EUR: they must be equal'],
    ['fees', { fees: '-1' }, 'fees 2 against -1: 3 apart, 0 allowed'],
    [
      'settlementDate',
      { settlementDate: '2024-06-15' },
      'settlement date 2024-06-13 against 2024-06-15: 2 days apart, 0 allowed',
    ],
  ])('of %s are found with a shared trade id and without', (type, change, explanation) => {
    const other = { ...base, ...change };
    const shared = run(trades({ ...base, tradeId: 'T1' }), trades({ ...other, tradeId: 'T1' }));
    expect(shared.breaks).toMatchObject([{ type, explanation: `${explanation}; the trade id is shared` }]);
    const near = run(trades(base), trades({ ...other, at: 20 }));
    expect(near.breaks).toMatchObject([
      { type, explanation: `${explanation}; every other compared field agrees` },
    ]);
  });

  it('of the time need a shared trade id, and are breaks of the trade date', () => {
    const late = trades({ ...base, tradeId: 'T1', at: 61 });
    expect(outline(run(trades({ ...base, tradeId: 'T1' }), late))).toEqual(['tradeDate T1|T1']);
    expect(outline(run(trades({ ...base, tradeId: 'T2' }), late))).toEqual([
      'missingAtBroker T2|',
      'missingInternal |T1',
    ]);
  });

  it('of the trade date come up in a run over several dates', () => {
    const next = trade({ ...base, tradeId: 'T1', tradeDate: '2024-06-13', at: 86_400 });
    const terms = { tradeDate: { from: testDate, to: '2024-06-13' }, tolerances: within };
    const { breaks } = reconcile(trades({ ...base, tradeId: 'T1' }), [next], terms);
    expect(breaks).toMatchObject([{ type: 'tradeDate' }]);
    expect(breaks[0]!.explanation).toContain('trade date 2024-06-12 against 2024-06-13: they must be equal');
  });

  it('are not made of two fields, or of another account or symbol', () => {
    const others: TestTrade[] = [{ price: '11', quantity: '7' }, { account: 'OTHER' }, { symbol: 'IBM' }];
    for (const change of others) {
      const ours = trades({ ...base, tradeId: 'T1' });
      expect(outline(run(ours, trades({ ...base, tradeId: 'T1', ...change })))).toEqual([
        'missingAtBroker T1|',
        'missingInternal |T1',
      ]);
    }
  });

  it('hold a shared trade id against a nearer record', () => {
    const broker = trades({ tradeId: 'T1', price: '11' }, { tradeId: 'X1', at: 1 });
    expect(outline(run(trades({ tradeId: 'T1' }), broker))).toEqual(['missingInternal |X1', 'price T1|T1']);
  });

  it('carry the notional and the currency of the larger record', () => {
    const [found] = run(trades({ price: '10.5' }), trades({ price: '9' })).breaks;
    expect(found).toMatchObject({ type: 'price', notional: '1050', currency: 'USD' });
  });
});

it('leaves records of other dates out and counts them', () => {
  const { counts } = run(trades({}, { tradeDate: '2024-06-13' }), trades({ tradeDate: '2024-06-11' }));
  expect(counts).toEqual({
    internal: 1,
    broker: 0,
    otherDates: { internal: 1, broker: 1 },
    matched: { exact: 0, tolerance: 0, group: 0 },
    breaks: {
      missingAtBroker: 1,
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
  });
});
