import { type Decimal, parseDecimal } from '../../kernel/decimal.js';
import { type TradeRecord } from '../trade-record.js';
import { type Reconciliation } from './result.js';
import { type Limits } from './tolerances.js';

export const testDate = '2024-06-12';
const noon = Date.UTC(2024, 5, 12, 12);

/** What a test says about a record; decimals as texts, the time as seconds after noon. */
export interface TestTrade extends Partial<Omit<TradeRecord, 'quantity' | 'price' | 'fees' | 'tradeTime'>> {
  readonly quantity?: string | undefined;
  readonly price?: string | undefined;
  readonly fees?: string | undefined;
  readonly at?: number | undefined;
}

/** A record for tests: 100 AAPL bought at 10 at noon, unless they say otherwise. */
export function trade({ quantity, price, fees, at, ...rest }: TestTrade, line = 2): TradeRecord {
  return {
    upload: 0,
    line,
    account: 'FUND',
    symbol: 'AAPL',
    side: 'buy',
    quantity: decimal(quantity ?? '100'),
    price: decimal(price ?? '10'),
    currency: 'USD',
    tradeDate: testDate,
    tradeTime: noon + Math.round((at ?? 0) * 1_000),
    fees: fees === undefined ? undefined : decimal(fees),
    ...rest,
  };
}

export function trades(...list: readonly TestTrade[]): TradeRecord[] {
  return list.map((one, index) => trade(one, index + 2));
}

export function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (typeof value !== 'bigint') throw new Error(`${text} ${value.reason}`);
  return value;
}

/** What came out, a line each and in order: `type internal|broker`. */
export function outline({ matches, breaks }: Reconciliation): string[] {
  return [...matches, ...breaks]
    .map(
      ({ type, internal, broker }) => `${type} ${[...internal].sort().join()}|${[...broker].sort().join()}`,
    )
    .sort();
}

/** Nothing is allowed. */
export const noToleranceLimits: Limits = {
  priceBps: decimal('0'),
  priceAbsolute: decimal('0'),
  quantityAbsolute: decimal('0'),
  quantityPercent: decimal('0'),
  milliseconds: 0,
  settlementDays: 0,
  feesAbsolute: decimal('0'),
  minConfidence: 0,
};
