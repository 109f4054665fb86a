import { invariant } from '../../../domain/kernel/errors.js';
import type { Decimal } from '../../../domain/kernel/decimal.js';
import type { MatchedTrade } from '../../../domain/reconciliation/settlement/matched-trades.js';
import type { TradeRecord, TradeSide } from '../../../domain/reconciliation/trade-record.js';
import type { Row } from '../../../infra/objects/column-rows.js';
import type { matchedTradeColumns, tradeColumns } from '../../../projections/reconciliation/columns.js';

export function toTradeRow(record: TradeRecord): Row<typeof tradeColumns> {
  const { upload: _upload, ...fields } = record;
  return {
    ...fields,
    tradeId: record.tradeId,
    settlementDate: record.settlementDate,
    counterparty: record.counterparty,
    fees: record.fees,
  };
}

/** @param upload index of the upload within its side of the run */
export function toTradeRecord(row: Row<typeof tradeColumns>, upload: number): TradeRecord {
  const { line, account, symbol, side, quantity, price, currency, tradeDate, tradeTime } = row;
  invariant(
    line !== undefined &&
      account !== undefined &&
      symbol !== undefined &&
      (side === 'buy' || side === 'sell') &&
      quantity !== undefined &&
      price !== undefined &&
      currency !== undefined &&
      tradeDate !== undefined &&
      tradeTime !== undefined,
    'a stored trade record is whole',
  );
  const tradeSide: TradeSide = side;
  return {
    upload,
    line,
    tradeId: row.tradeId,
    account,
    symbol,
    side: tradeSide,
    quantity: quantity as Decimal,
    price: price as Decimal,
    currency,
    tradeDate,
    tradeTime,
    settlementDate: row.settlementDate,
    counterparty: row.counterparty,
    fees: row.fees as Decimal | undefined,
  };
}

export function toMatchedTradeRow(trade: MatchedTrade): Row<typeof matchedTradeColumns> {
  return { ...trade, counterparty: trade.counterparty, settlementDate: trade.settlementDate };
}

export function toMatchedTrade(row: Row<typeof matchedTradeColumns>): MatchedTrade {
  const { account, symbol, side, quantity, price, currency, tradeDate } = row;
  invariant(
    account !== undefined &&
      symbol !== undefined &&
      (side === 'buy' || side === 'sell') &&
      quantity !== undefined &&
      price !== undefined &&
      currency !== undefined &&
      tradeDate !== undefined,
    'a stored matched trade is whole',
  );
  const tradeSide: TradeSide = side;
  return {
    account,
    counterparty: row.counterparty,
    symbol,
    side: tradeSide,
    quantity: quantity as Decimal,
    price: price as Decimal,
    currency,
    tradeDate,
    settlementDate: row.settlementDate,
  };
}
