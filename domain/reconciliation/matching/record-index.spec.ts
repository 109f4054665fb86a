import fc from 'fast-check';
import { RecordIndex } from './record-index.js';
import { recordKeys } from './record-keys.js';
import { compositeKey } from './compared-fields.js';
import { trade, type TestTrade } from './trades.testing.js';
import { type TradeRecord } from '../trade-record.js';

const few = fc.constantFrom;
const book = fc
  .array(
    fc.record({
      tradeId: few(undefined, 'T1', 'T2'),
      account: few('A', 'B'),
      quantity: few('1', '2', '99999999999999999999999999'),
      price: few('10', '10.5', '99999999999999999999999998.5'),
      at: few(0, 0.5, 1.25),
    }),
    { maxLength: 40 },
  )
  .map((list) => list.map((one: TestTrade, index) => trade(one, index)));

const rowsOf = (records: readonly TradeRecord[], like: (record: TradeRecord) => boolean): number[] =>
  records.flatMap((record, row) => (like(record) ? [row] : []));

describe('an index of records', () => {
  const keys = recordKeys(1_000, 'run-1');
  const cases = [
    ['trade id', keys.tradeId, ({ tradeId }: TradeRecord) => tradeId],
    ['composite key', keys.composite, (record: TradeRecord) => compositeKey(record, 1_000)],
  ] as const;

  it.each(cases)('finds by %s the rows that a comparison of all finds', (_name, key, textOf) => {
    fc.assert(
      fc.property(book, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (records, without) => {
        const taken = Uint8Array.from(records, (_record, row) => (without[row] ? 1 : 0));
        const index = new RecordIndex(records, key, taken);
        for (const [row, record] of records.entries()) {
          const text = textOf(record);
          const expected = rowsOf(records, (one) => text !== undefined && textOf(one) === text).filter(
            (one) => taken[one] === 0,
          );
          const hash = key.hash(record);
          expect(hash === undefined ? [] : index.rowsLike(record, hash)).toEqual(expected);
          expect(index.isFirst(row)).toBe(expected[0] === row);
        }
      }),
    );
  });

  it('finds nothing in a book without records', () => {
    const index = new RecordIndex([], keys.composite);
    expect(index.rowsLike(trade({}), 7)).toEqual([]);
    expect(index.isFirst(0)).toBe(false);
  });
});
