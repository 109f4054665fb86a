import type { Decimal } from '../../kernel/decimal.js';
import type { MatchedRecords } from '../matching/result.js';
import type { TradeRecord, TradeSide } from '../trade-record.js';

/** A trade that both sides agree on, by our own values: what is settled. */
export interface MatchedTrade {
  readonly account: string;
  /** Ours, else the broker's. */
  readonly counterparty?: string | undefined;
  readonly symbol: string;
  readonly side: TradeSide;
  readonly quantity: Decimal;
  readonly price: Decimal;
  readonly currency: string;
  readonly tradeDate: string;
  /** Ours, else the broker's, else none. */
  readonly settlementDate?: string | undefined;
}

/** Our trades of every match, in the order of the matches; what is in a break is in none. */
export function* matchedTrades(matched: readonly MatchedRecords[]): Generator<MatchedTrade> {
  for (const { internal, broker } of matched)
    for (const { account, symbol, side, quantity, price, currency, tradeDate, ...ours } of internal)
      yield {
        account,
        counterparty: ours.counterparty ?? theirs(broker, 'counterparty'),
        symbol,
        side,
        quantity,
        price,
        currency,
        tradeDate,
        settlementDate: ours.settlementDate ?? theirs(broker, 'settlementDate'),
      };
}

/** Should the fills of a block differ, the smallest: the same however they are ordered. */
function theirs(
  broker: readonly TradeRecord[],
  field: 'counterparty' | 'settlementDate',
): string | undefined {
  return broker
    .flatMap((record) => record[field] ?? [])
    .sort()
    .at(0);
}
