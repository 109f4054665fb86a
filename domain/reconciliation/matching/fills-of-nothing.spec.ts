import fc from 'fast-check';
import { reconcile } from './reconcile.js';
import { testDate, trades } from './trades.testing.js';

/** FIX engines report them, and they are accepted. */
describe('fills of nothing', () => {
  const book = fc
    .array(
      fc.record({
        quantity: fc.constantFrom('0', '0', '1', '2'),
        price: fc.constantFrom('0', '10', '11'),
        at: fc.nat(3),
      }),
      { maxLength: 6 },
    )
    .map((list) => trades(...list));
  const tolerances = fc.constantFrom(
    { priceBps: 1, seconds: 60 },
    { quantityAbsolute: 5, priceAbsolute: 100, seconds: 60 },
    { quantityPercent: 50, priceBps: 10_000, seconds: 60, minConfidence: 0 },
  );

  it('are each in one match or break, whatever else there is', () =>
    fc.assert(
      fc.property(book, book, tolerances, (internal, broker, within) => {
        const { matches, breaks } = reconcile(internal, broker, { tradeDate: testDate, tolerances: within });
        const found = [...matches, ...breaks];
        expect(found.flatMap((one) => one.internal)).toHaveLength(internal.length);
        expect(found.flatMap((one) => one.broker)).toHaveLength(broker.length);
      }),
      { numRuns: 400 },
    ));
});
