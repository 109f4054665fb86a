import { absoluteDifference, type Decimal, formatDecimal, ratioText } from '../../kernel/decimal.js';
import { daysApart } from '../reading/calendar.js';
import { type TradeRecord } from '../trade-record.js';
import { type ComparedField, comparedFields } from './compared-fields.js';
import { type Yardstick } from './differences.js';
import { type Limits } from './tolerances.js';

/** What a field is on both sides, how far that is apart, and what was allowed: the internal value stands first. */
export function explainField(
  field: ComparedField,
  left: TradeRecord,
  right: TradeRecord,
  limits: Limits,
): string {
  switch (field) {
    case 'price':
      return explainPrice(left.price, right.price, limits);
    case 'quantity':
      return explainQuantity(left.quantity, right.quantity, limits);
    case 'fees':
      return explainFees(left.fees, right.fees, limits);
    case 'tradeDate':
      return explainTime(left, right, limits);
    case 'settlementDate':
      return explainSettlement(left.settlementDate, right.settlementDate, limits);
    case 'side':
      return `side ${left.side} against ${right.side}: they must be equal`;
    case 'currency':
      return `currency ${left.currency} against ${right.currency}: they must be equal`;
  }
}

/** Every difference of a pair that is within tolerance. */
export function explainAgreement(left: TradeRecord, right: TradeRecord, { limits }: Yardstick): string {
  const differing = comparedFields.filter((field) => isDifferent(field, left, right));
  if (differing.length === 0) return 'no compared field differs';
  return differing.map((field) => explainField(field, left, right, limits)).join('; ');
}

function isDifferent(field: ComparedField, left: TradeRecord, right: TradeRecord): boolean {
  if (field === 'tradeDate') return left.tradeDate !== right.tradeDate || left.tradeTime !== right.tradeTime;
  const [first, second] = [left[field], right[field]];
  return first !== undefined && second !== undefined && first !== second;
}

export function explainPrice(left: Decimal, right: Decimal, { priceBps, priceAbsolute }: Limits): string {
  const difference = absoluteDifference(left, right);
  const basisPoints = `${ratioText(difference, smaller(left, right), 10_000n)} bps`;
  const values = `price ${formatDecimal(left)} against ${formatDecimal(right)}`;
  if (priceAbsolute === 0n) return `${values}: ${basisPoints} apart, ${formatDecimal(priceBps)} allowed`;
  const allowed = `${formatDecimal(priceAbsolute)} or ${formatDecimal(priceBps)} bps allowed`;
  return `${values}: ${formatDecimal(difference)} or ${basisPoints} apart, ${allowed}`;
}

export function explainQuantity(left: Decimal, right: Decimal, limits: Limits): string {
  const { quantityAbsolute, quantityPercent } = limits;
  const difference = absoluteDifference(left, right);
  const values = `quantity ${formatDecimal(left)} against ${formatDecimal(right)}`;
  const apart = `${formatDecimal(difference)} (${ratioText(difference, smaller(left, right), 100n)} %) apart`;
  const percent = quantityPercent === 0n ? '' : ` or ${formatDecimal(quantityPercent)} %`;
  return `${values}: ${apart}, ${formatDecimal(quantityAbsolute)}${percent} allowed`;
}

export function explainFees(
  left: Decimal | undefined,
  right: Decimal | undefined,
  { feesAbsolute }: Limits,
): string {
  if (left === undefined || right === undefined) return 'fees are sent by one side only, and not compared';
  const apart = formatDecimal(absoluteDifference(left, right));
  const values = `fees ${formatDecimal(left)} against ${formatDecimal(right)}`;
  return `${values}: ${apart} apart, ${formatDecimal(feesAbsolute)} allowed`;
}

function explainTime(left: TradeRecord, right: TradeRecord, { milliseconds }: Limits): string {
  const seconds = `${secondsText(Math.abs(left.tradeTime - right.tradeTime))} s apart, ${secondsText(milliseconds)} allowed`;
  const times = `trade time ${instantText(left)} against ${instantText(right)}: ${seconds}`;
  if (left.tradeDate === right.tradeDate) return times;
  return `trade date ${left.tradeDate} against ${right.tradeDate}: they must be equal (${times})`;
}

export function explainSettlement(
  left: string | undefined,
  right: string | undefined,
  limits: Limits,
): string {
  if (left === undefined || right === undefined)
    return 'settlement date is sent by one side only, and not compared';
  const days = daysApart(left, right);
  return `settlement date ${left} against ${right}: ${days} days apart, ${limits.settlementDays} allowed`;
}

function instantText({ tradeTime }: TradeRecord): string {
  return new Date(tradeTime).toISOString();
}

export function secondsText(milliseconds: number): string {
  return String(milliseconds / 1_000);
}

function smaller(left: Decimal, right: Decimal): Decimal {
  return left < right ? left : right;
}
