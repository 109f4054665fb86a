import fc from 'fast-check';
import { type Decimal, decimalOf, sumOfDecimals } from '../../kernel/decimal.js';
import { trade } from '../matching/trades.testing.js';
import { matchedTrades, type MatchedTrade } from './matched-trades.js';
import { Netting, type NettingResult } from './netting.js';
import { nettingJob } from './netting-job.js';
import { CompleteNetting, type RecordSettlements } from './commands.js';

const window = { opensAt: '2024-06-13T04:00:00.000Z', cutOffAt: '2024-06-13T19:10:00.000Z' };

type Changes = Partial<Omit<MatchedTrade, 'quantity' | 'price'>> & { quantity?: string; price?: string };

const matched = ({ quantity = '100', price = '10', ...rest }: Changes = {}): MatchedTrade => ({
  account: 'FUND',
  counterparty: 'JPMS',
  symbol: 'AAPL',
  side: 'buy',
  quantity: decimalOf(quantity),
  price: decimalOf(price),
  currency: 'USD',
  tradeDate: '2024-06-12',
  ...rest,
});

function net(...trades: readonly MatchedTrade[]): NettingResult {
  const netting = new Netting();
  for (const one of trades) netting.add(one);
  return netting.result('r1');
}

describe('netting', () => {
  it('takes sales from purchases, in quantity and in value', () =>
    expect(
      net(
        matched({ quantity: '100', price: '10.5' }),
        matched({ side: 'sell', quantity: '30', price: '11' }),
        matched({ quantity: '0.5', price: '10' }),
      ),
    ).toEqual({
      settlements: [
        {
          settlementId: 'r1.00000000',
          account: 'FUND',
          counterparty: 'JPMS',
          symbol: 'AAPL',
          currency: 'USD',
          settlementDate: '2024-06-13',
          netQuantity: '70.5',
          netAmount: '725',
          trades: 3,
          ...window,
        },
      ],
      leftOut: [],
    }));

  it.each<[string, Changes]>([
    ['account', { account: 'OTHER' }],
    ['counterparty', { counterparty: 'CITI' }],
    ['absent counterparty', { counterparty: undefined }],
    ['symbol', { symbol: 'MSFT' }],
    ['settlement date', { settlementDate: '2024-06-14' }],
  ])('does not mix one %s with another', (_what, changes) => {
    const { settlements } = net(matched(), matched({ side: 'sell', quantity: '1', ...changes }));
    expect(settlements.map(({ netQuantity, trades }) => [netQuantity, trades]).sort()).toEqual([
      ['-1', 1],
      ['100', 1],
    ]);
  });

  it('settles on the date that a trade names, or on the next on which anything does', () => {
    const dateOf = (settlementDate: string) =>
      net(matched({ settlementDate })).settlements.map((one) => one.settlementDate);
    expect(dateOf('2024-06-20')).toEqual(['2024-06-20']);
    expect(dateOf('2024-06-19')).toEqual(['2024-06-20']);
    expect(dateOf('2024-10-12')).toEqual(['2024-10-15']);
  });

  it('keeps money that changes hands though no security does', () =>
    expect(net(matched(), matched({ side: 'sell', price: '9' })).settlements).toMatchObject([
      { netQuantity: '0', netAmount: '100' },
    ]));

  it.each<[string, readonly MatchedTrade[]]>([
    ['nets-to-nothing', [matched(), matched({ side: 'sell' })]],
    ['no-calendar', [matched({ currency: 'EUR' }), matched({ currency: 'GBP' })]],
    ['beyond-calendar', [matched({ settlementDate: '2031-01-02' }), matched({ tradeDate: '1990-01-02' })]],
    [
      'too-large',
      [
        matched({ quantity: '90000000000000000000000000' }),
        matched({ quantity: '90000000000000000000000000' }),
      ],
    ],
  ])('leaves out what has no settlement, and says why: %s', (reason, trades) =>
    expect(net(matched({ account: 'OTHER' }), ...trades)).toMatchObject({
      settlements: [{ account: 'OTHER' }],
      leftOut: [{ reason, trades: 2 }],
    }),
  );

  const trades = fc.array(
    fc.record({
      account: fc.constantFrom('A', 'B'),
      counterparty: fc.constantFrom('X', undefined),
      symbol: fc.constantFrom('S', 'T'),
      side: fc.constantFrom('buy' as const, 'sell' as const),
      quantity: fc.integer({ min: 1, max: 3 }).map((whole) => decimalOf(String(whole))),
      price: fc.constantFrom('1', '0.000000000001', '7.25').map(decimalOf),
      currency: fc.constantFrom('USD', 'USD', 'EUR'),
      tradeDate: fc.constantFrom('2024-06-12', '2024-06-13', '2028-01-03'),
    }),
    { maxLength: 30 },
  );

  it('neither loses nor invents a trade, a share or a cent', () => {
    fc.assert(
      fc.property(trades, (all) => {
        const { settlements, leftOut } = net(...all);
        const counted = [...settlements, ...leftOut].reduce((count, one) => count + one.trades, 0);
        expect(counted).toBe(all.length);
        const inReach = all.filter(({ currency, tradeDate }) => currency === 'USD' && tradeDate < '2028');
        const bought = inReach.map(({ side, quantity }) =>
          side === 'buy' ? quantity : ((0n - quantity) as Decimal),
        );
        expect(sumOfDecimals(settlements.map((one) => decimalOf(one.netQuantity)))).toBe(
          sumOfDecimals(bought),
        );
      }),
    );
  });

  it('does not depend on the order of the trades', () => {
    const twice = trades.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(fc.property(twice, ([one, other]) => expect(net(...one)).toEqual(net(...other))));
  });
});

describe('the trades of a match', () => {
  it('are ours, with the broker’s counterparty and date where we have none', () => {
    const ours = [trade({ tradeId: 'T1', price: '10.01' }), trade({ tradeId: 'T1', counterparty: 'OURS' })];
    const theirs = [
      trade({ price: '10', counterparty: 'THEIRS', settlementDate: '2024-06-14' }),
      trade({ price: '10', settlementDate: '2024-06-13' }),
    ];
    expect([...matchedTrades([{ internal: ours, broker: theirs }])]).toMatchObject([
      { price: decimalOf('10.01'), counterparty: 'THEIRS', settlementDate: '2024-06-13' },
      { price: decimalOf('10'), counterparty: 'OURS', settlementDate: '2024-06-13' },
    ]);
  });
});

describe('the job', () => {
  it('sends settlements in parts that fit into an append, all of them, in order', () => {
    const many = Array.from({ length: 3000 }, (_none, index) =>
      matched({ account: `${'é'.repeat(100)}${index}` }),
    );
    const result = net(...many);
    const commands = nettingJob.completed('r1', result);
    const parts = commands.slice(0, -1) as RecordSettlements[];
    expect(parts.length).toBeGreaterThan(1);
    expect(parts.flatMap((part) => part.settlements)).toEqual(result.settlements);
    for (const part of parts) expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThan(1_000_000);
    expect(commands.at(-1)).toBeInstanceOf(CompleteNetting);
    expect(commands.at(-1)).toEqual({ runId: 'r1', count: 3000, leftOut: [] });
  });
});
