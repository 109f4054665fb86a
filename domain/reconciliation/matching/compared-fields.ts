import { type TradeRecord } from '../trade-record.js';

/**
 * The fields in which a pair of the same account and symbol may disagree. `tradeDate` stands for when the trade was
 * made, date and time. The counterparty is not compared: two firms seldom write a third one's name alike, and there
 * is no break for it.
 */
export const comparedFields = [
  'side',
  'quantity',
  'price',
  'currency',
  'tradeDate',
  'settlementDate',
  'fees',
] as const;

export type ComparedField = (typeof comparedFields)[number];

// Identifiers hold no control characters, so that joined fields cannot be mistaken for others.
const separator = '\u001f';

/** The key that a composite match shares; times are equal if they fall in the same step of the resolution. */
export function compositeKey(record: TradeRecord, resolution: number): string {
  const { account, symbol, side, quantity, price, currency, tradeDate, tradeTime } = record;
  const step = Math.floor(tradeTime / resolution);
  return [account, symbol, side, quantity, price, currency, tradeDate, step].join(separator);
}

/** Every compared field: of two records with the same text, none is in disagreement. */
export function comparedText(record: TradeRecord, resolution: number): string {
  const settlementAndFees = `${record.settlementDate ?? ''}${separator}${record.fees ?? ''}`;
  return `${compositeKey(record, resolution)}${separator}${settlementAndFees}`;
}

/** Everything that a record says, but not where it stood: the same however its rows are ordered. */
export function contentText(record: TradeRecord): string {
  const identity = `${record.tradeId ?? ''}${separator}${record.counterparty ?? ''}`;
  return `${comparedText(record, 1)}${separator}${identity}`;
}

/** What the two sides of a tolerance match share exactly. */
export function blockKey({ account, symbol, side, currency, tradeDate }: TradeRecord): string {
  return [account, symbol, side, currency, tradeDate].join(separator);
}

/** The same, where quantities must be equal too. */
export function sizedBlockKey(record: TradeRecord): string {
  return `${blockKey(record)}${separator}${record.quantity}`;
}

export function instrumentKey({ account, symbol }: TradeRecord): string {
  return `${account}${separator}${symbol}`;
}

/** Whether no compared field is in disagreement. What one side does not send cannot disagree. */
export function agree(left: TradeRecord, right: TradeRecord, resolution: number): boolean {
  return (
    left.account === right.account &&
    left.symbol === right.symbol &&
    left.side === right.side &&
    left.quantity === right.quantity &&
    left.price === right.price &&
    left.currency === right.currency &&
    left.tradeDate === right.tradeDate &&
    sameTime(left, right, resolution) &&
    sameIfSent(left.settlementDate, right.settlementDate) &&
    sameIfSent(left.fees, right.fees)
  );
}

export function sameTime(left: TradeRecord, right: TradeRecord, resolution: number): boolean {
  return (
    left.tradeTime === right.tradeTime ||
    Math.floor(left.tradeTime / resolution) === Math.floor(right.tradeTime / resolution)
  );
}

function sameIfSent<Value>(left: Value | undefined, right: Value | undefined): boolean {
  return left === undefined || right === undefined || left === right;
}
