import { absoluteDifference, type Decimal, decimalOne } from '../../kernel/decimal.js';
import { daysApart } from '../reading/calendar.js';
import { type TradeRecord } from '../trade-record.js';
import { type ComparedField, comparedFields, sameTime } from './compared-fields.js';
import { type Limits } from './tolerances.js';

/** A confidence of one, and a distance as large as its tolerance. */
export const million = 1_000_000;
/** The distance of a field that is further apart than allowed. */
export const beyond = Number.POSITIVE_INFINITY;

/**
 * How far apart a pair is, field by field: 0 where it agrees, up to a million where it uses its tolerance up, and
 * `beyond` where it goes further. Whole numbers, so that sums do not depend on their order.
 */
export interface Differences extends Readonly<Record<ComparedField, number>> {
  /** Of the trade times, whatever the trade dates. */
  readonly time: number;
}

/** How much each difference takes from the confidence when it uses its tolerance up; a thousand together. */
const weights = { time: 350, price: 350, quantity: 150, settlementDate: 100, fees: 50 } as const;

/** What a pair is compared under. */
export interface Yardstick {
  readonly limits: Limits;
  /** The coarser time step of the two sides, in milliseconds. */
  readonly resolution: number;
  /** Which tolerance that is; undefined if it was given with the run. */
  readonly name?: string | undefined;
}

export function differencesOf(
  left: TradeRecord,
  right: TradeRecord,
  { limits, resolution }: Yardstick,
): Differences {
  const time = sameTime(left, right, resolution)
    ? 0
    : share(BigInt(Math.abs(left.tradeTime - right.tradeTime)), BigInt(limits.milliseconds));
  return {
    side: left.side === right.side ? 0 : beyond,
    quantity: quantityDifference(left.quantity, right.quantity, limits),
    price: priceDifference(left.price, right.price, limits),
    currency: left.currency === right.currency ? 0 : beyond,
    tradeDate: left.tradeDate === right.tradeDate && time !== beyond ? 0 : beyond,
    settlementDate: settlementDifference(left.settlementDate, right.settlementDate, limits),
    fees: feesDifference(left.fees, right.fees, limits),
    time,
  };
}

/** The compared fields that are further apart than allowed. */
export function disagreements(differences: Differences): ComparedField[] {
  return comparedFields.filter((field) => differences[field] === beyond);
}

/** What the fields within tolerance leave of a confidence of one, in millionths. */
export function confidenceOf(differences: Differences): number {
  let loss = 0;
  for (const field of ['time', 'price', 'quantity', 'settlementDate', 'fees'] as const) {
    if (differences[field] !== beyond) loss += differences[field] * weights[field];
  }
  return million - Math.ceil(loss / 1_000);
}

export function priceDifference(left: Decimal, right: Decimal, limits: Limits): number {
  return relativeShare(left, right, limits.priceAbsolute, limits.priceBps, 10_000n);
}

export function quantityDifference(left: Decimal, right: Decimal, limits: Limits): number {
  return relativeShare(left, right, limits.quantityAbsolute, limits.quantityPercent, 100n);
}

export function feesDifference(
  left: Decimal | undefined,
  right: Decimal | undefined,
  limits: Limits,
): number {
  if (left === undefined || right === undefined) return 0;
  return share(absoluteDifference(left, right), limits.feesAbsolute);
}

export function settlementDifference(
  left: string | undefined,
  right: string | undefined,
  limits: Limits,
): number {
  if (left === undefined || right === undefined || left === right) return 0;
  return share(BigInt(daysApart(left, right)), BigInt(limits.settlementDays));
}

/** What records add up to: quantities, and quantities times prices (of scale 10^-24). */
export interface Sums {
  readonly quantity: Decimal;
  readonly notional: bigint;
}

/**
 * The volume-weighted prices of two sets of records, each times both quantities: a weighted price itself may have no
 * end of digits.
 */
export function weightedPriceDifference(left: Sums, right: Sums, limits: Limits): number {
  const absolute = limits.priceAbsolute * left.quantity * right.quantity;
  return relativeShare(
    left.notional * right.quantity,
    right.notional * left.quantity,
    absolute,
    limits.priceBps,
    10_000n,
  );
}

/** A difference against the larger of an absolute limit and one in parts of the smaller value. */
function relativeShare(left: bigint, right: bigint, absolute: bigint, ratio: Decimal, parts: bigint): number {
  if (left === right) return 0;
  const scale = parts * decimalOne;
  const byRatio = (left < right ? left : right) * ratio;
  const byAmount = absolute * scale;
  const difference = left < right ? right - left : left - right;
  return share(difference * scale, byRatio > byAmount ? byRatio : byAmount);
}

/** Rounded up, so that only equal values have the distance zero. */
export function share(difference: bigint, limit: bigint): number {
  if (difference === 0n) return 0;
  if (difference > limit) return beyond;
  return Number((difference * BigInt(million) + limit - 1n) / limit);
}
