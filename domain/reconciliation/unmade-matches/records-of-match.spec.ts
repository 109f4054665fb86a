import { reconcile } from '../matching/reconcile.js';
import { testDate, trades, type TestTrade } from '../matching/trades.testing.js';
import type { TradeRecord } from '../trade-record.js';
import { recordsApart } from './records-apart.js';
import { recordsOfMatch } from './records-of-match.js';

const terms = { tradeDate: testDate, tolerances: { priceBps: 100, seconds: 60 } };
const books = (internal: readonly TestTrade[], broker: readonly TestTrade[]) => ({
  internal: trades(...internal),
  broker: trades(...broker),
});
const linesOf = (records: readonly TradeRecord[]) => records.map(({ line }) => line);

describe('the records of a match', () => {
  it('are those that it names', () => {
    const taking = books(
      [{ quantity: '60' }, { quantity: '40' }],
      [{ quantity: '100', tradeId: 'X' }, { tradeId: 'Y' }],
    );
    const [match] = reconcile(taking.internal, taking.broker.slice(0, 1), terms).matches;
    const named = { internal: taking.internal, broker: taking.broker.slice(0, 1) };
    expect(match?.strategy).toBe('fills-of-a-block');
    const found = recordsOfMatch(match!, named, terms);
    expect('internal' in found && linesOf(found.internal).sort()).toEqual([2, 3]);
    expect('broker' in found && linesOf(found.broker)).toEqual([2]);
  });

  it('are the ones of a name that make this very match', () => {
    const taking = books(
      [
        { tradeId: 'T', price: '10' },
        { tradeId: 'T', price: '10.05' },
      ],
      [{ tradeId: 'X', price: '10.06' }],
    );
    const [match] = reconcile(taking.internal.slice(1), taking.broker, terms).matches;
    const found = recordsOfMatch(match!, taking, terms);
    expect('internal' in found && linesOf(found.internal)).toEqual([3]);
  });

  it('are all of a name where it names it as often', () => {
    const taking = books(
      [
        { tradeId: 'T', quantity: '60' },
        { tradeId: 'T', quantity: '40' },
      ],
      [{ tradeId: 'X', quantity: '100' }],
    );
    const [match] = reconcile(taking.internal, taking.broker, terms).matches;
    expect(match?.internal).toEqual(['T', 'T']);
    expect(recordsOfMatch(match!, taking, terms)).toEqual(taking);
  });

  it('are the first of records that are equal, as in the run', () => {
    const taking = books([{ tradeId: 'T' }, { tradeId: 'T' }], [{ tradeId: 'T' }]);
    const [match] = reconcile(taking.internal, taking.broker, terms).matches;
    const found = recordsOfMatch(match!, taking, terms);
    expect('internal' in found && linesOf(found.internal)).toEqual([2]);
  });

  it('cannot be told where several choices make it', () => {
    const taking = books(
      [
        { tradeId: 'T', fees: '1' },
        { tradeId: 'T', fees: '2' },
      ],
      [{ tradeId: 'X' }],
    );
    const [match] = reconcile(taking.internal.slice(0, 1), taking.broker, terms).matches;
    expect(recordsOfMatch(match!, taking, terms)).toEqual({ ambiguous: 'T' });
  });

  it('are not looked for among more choices than can be tried', () => {
    const named = Array.from({ length: 60 }, (_none, index) => ({ tradeId: 'T', quantity: `${index + 1}` }));
    const taking = books(named, [{ tradeId: 'X', quantity: '465' }]);
    const match = {
      internal: Array.from({ length: 30 }, () => 'T'),
      broker: ['X'],
      strategy: 'fills-of-a-block',
      confidence: 1,
      explanation: '',
    };
    expect(recordsOfMatch(match, taking, terms)).toEqual({ ambiguous: 'T' });
  });
});

describe('records apart', () => {
  const [ours] = trades({ tradeId: 'T', symbol: 'IBM' });
  const [theirs] = trades({ tradeId: 'X', price: '11' });
  const name = { runId: 'r1', match: 4, strategy: 'nearest' };

  it('have a break each, or the one that they have from an earlier run', () => {
    const earlier = {
      type: 'missingInternal' as const,
      internal: [],
      broker: ['X'],
      explanation: 'no record',
      notional: '1100',
      currency: 'USD',
      breakId: 'r0.00000007',
      runId: 'r0',
    };
    const { breaks, records } = recordsApart(
      name,
      [
        { side: 'broker', uploadId: 'b0', record: theirs!, earlier },
        { side: 'internal', uploadId: 'i1', record: ours!, earlier: undefined },
      ],
      9,
    );
    expect(breaks).toEqual([
      {
        type: 'missingAtBroker',
        internal: ['T'],
        broker: [],
        explanation: 'match 4 of this run (nearest) was unmade by hand: the run says by whom, and why',
        notional: '1000',
        currency: 'USD',
        symbol: 'IBM',
        account: 'FUND',
      },
    ]);
    expect(records.map(({ uploadId, terms: { breakId } }) => [uploadId, breakId])).toEqual([
      ['b0', 'r0.00000007'],
      ['i1', 'r1.00000009'],
    ]);
  });
});
