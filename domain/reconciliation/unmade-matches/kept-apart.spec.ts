import { reconcile } from '../matching/reconcile.js';
import { outline, testDate, trades, type TestTrade } from '../matching/trades.testing.js';
import type { TradeRecord } from '../trade-record.js';
import { keepApart } from './kept-apart.js';

const terms = { tradeDate: testDate, tolerances: { priceBps: 100, seconds: 60 } };
const compare = (internal: readonly TradeRecord[], broker: readonly TradeRecord[]) =>
  reconcile(internal, broker, terms);

/** Records by the lines in which they stand: the first is in line 2. */
function comparedApart(
  internal: readonly TestTrade[],
  broker: readonly TestTrade[],
  ...apart: readonly (readonly string[])[]
) {
  const books = { internal: trades(...internal), broker: trades(...broker) };
  const found = compare(books.internal, books.broker);
  const unmade = apart.map((names) => new Set(names));
  const result = keepApart(found, { books, unmade, uploadOf: (side) => `u-${side}`, compare });
  return { found, result, outline: outline(result) };
}
const ours = (line: number) => `internal u-internal ${line}`;
const theirs = (line: number) => `broker u-broker ${line}`;

describe('a match that was unmade before', () => {
  const agreed = { tradeId: 'A', account: 'OTHER' };

  it('is not made again, and its records are missing', () => {
    const { result, outline: lines } = comparedApart(
      [{ tradeId: 'T' }, agreed],
      [{ tradeId: 'X' }, agreed],
      [ours(2), theirs(2)],
    );
    expect(lines).toEqual(['exact A|A', 'missingAtBroker T|', 'missingInternal |X']);
    expect(result.matched.map(({ internal }) => internal.map(({ line }) => line))).toEqual([[3]]);
    expect(result.counts).toMatchObject({
      matched: { exact: 1, tolerance: 0, group: 0 },
      breaks: { missingAtBroker: 1, missingInternal: 1, price: 0 },
    });
  });

  it('leaves its records to others, which had found nothing', () => {
    const { found, outline: lines } = comparedApart(
      [{ tradeId: 'T' }, { tradeId: 'U', at: 5 }],
      [{ tradeId: 'T' }, { tradeId: 'V', at: 9, price: '10.01' }],
      [ours(2), theirs(2)],
    );
    expect(outline(found)).toEqual(['exact T|T', 'tolerance U|V']);
    // U and V keep each other: they are no worse off than before.
    expect(lines).toEqual(['missingAtBroker T|', 'missingInternal |T', 'tolerance U|V']);
    const { outline: alone } = comparedApart(
      [{ tradeId: 'T' }],
      [{ tradeId: 'T' }, { tradeId: 'V', at: 9, price: '10.01' }],
      [ours(2), theirs(2)],
    );
    expect(alone).toEqual(['missingInternal |T', 'tolerance T|V']);
  });

  it('leaves a pair that differs in one field as one break', () => {
    const { outline: lines } = comparedApart(
      [{ tradeId: 'T' }],
      [{ tradeId: 'T' }, { tradeId: 'V', price: '20' }],
      [ours(2), theirs(2)],
    );
    expect(lines).toEqual(['missingInternal |T', 'price T|V']);
  });

  it('and another one that was unmade too may be the crossing of two right ones', () => {
    const { outline: lines } = comparedApart(
      [{ tradeId: 'T' }, { tradeId: 'U' }],
      [{ tradeId: 'T' }, { tradeId: 'U' }],
      [ours(2), theirs(2)],
      [ours(3), theirs(3)],
    );
    expect(lines).toEqual(['exact T|U', 'exact U|T']);
  });

  it('is another one than a match of some of its records', () => {
    const { found, result } = comparedApart(
      [{ tradeId: 'T' }],
      [{ tradeId: 'T' }],
      [ours(2), theirs(2), theirs(9)],
    );
    expect(result).toBe(found);
  });
});
