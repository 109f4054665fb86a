import { type Decimal, decimalZero, parseDecimal } from '../../kernel/decimal.js';

/** A number, or a decimal text where a number would not be exact. */
export type ToleranceAmount = number | string;

/**
 * How far apart two records of one trade may be. What is left out is zero: nothing is excused that nobody allowed.
 * Where a field has two limits, it is within tolerance if it is within one of them.
 */
export interface ToleranceSet {
  /** Of the smaller of the two prices. */
  readonly priceBps?: ToleranceAmount | undefined;
  readonly priceAbsolute?: ToleranceAmount | undefined;
  readonly quantityAbsolute?: ToleranceAmount | undefined;
  /** Of the smaller of the two quantities. */
  readonly quantityPercent?: ToleranceAmount | undefined;
  /** Between trade times; to the millisecond. */
  readonly seconds?: ToleranceAmount | undefined;
  /** Calendar days, whole. */
  readonly settlementDays?: ToleranceAmount | undefined;
  readonly feesAbsolute?: ToleranceAmount | undefined;
  /** 0 to 1: a match of less confidence is not made. It does not judge pairs that share their trade id. */
  readonly minConfidence?: ToleranceAmount | undefined;
}

/** A tolerance set as the matching judges by it. */
export interface Limits {
  readonly priceBps: Decimal;
  readonly priceAbsolute: Decimal;
  readonly quantityAbsolute: Decimal;
  readonly quantityPercent: Decimal;
  readonly milliseconds: number;
  readonly settlementDays: number;
  readonly feesAbsolute: Decimal;
  /** In millionths. */
  readonly minConfidence: number;
}

export const toleranceNames = [
  'priceBps',
  'priceAbsolute',
  'quantityAbsolute',
  'quantityPercent',
  'seconds',
  'settlementDays',
  'feesAbsolute',
  'minConfidence',
] as const satisfies readonly (keyof ToleranceSet)[];

export type ToleranceName = (typeof toleranceNames)[number];

export interface ToleranceProblem {
  readonly field: ToleranceName;
  readonly reason: string;
}

const perMillion = 10n ** 6n;
const perThousand = 10n ** 9n;
const unit = 10n ** 12n;

/** Reads a tolerance set exactly, or says everything that is wrong with it. */
export function readTolerances(
  set: ToleranceSet,
): { readonly limits: Limits } | { readonly problems: readonly ToleranceProblem[] } {
  const problems: ToleranceProblem[] = [];
  const read = (field: ToleranceName, step: bigint, highest?: bigint): Decimal => {
    const value = parseDecimal(String(set[field] ?? 0));
    const reason = typeof value === 'bigint' ? amountProblem(value, step, highest) : value.reason;
    if (reason !== undefined) problems.push({ field, reason });
    return typeof value === 'bigint' ? value : decimalZero;
  };
  const limits: Limits = {
    priceBps: read('priceBps', 1n),
    priceAbsolute: read('priceAbsolute', 1n),
    quantityAbsolute: read('quantityAbsolute', 1n),
    quantityPercent: read('quantityPercent', 1n),
    milliseconds: Number(read('seconds', perThousand, 1_000_000_000n * unit) / perThousand),
    settlementDays: Number(read('settlementDays', unit, 1_000_000n * unit) / unit),
    feesAbsolute: read('feesAbsolute', 1n),
    minConfidence: Number(read('minConfidence', perMillion, unit) / perMillion),
  };
  return problems.length > 0 ? { problems } : { limits };
}

function amountProblem(value: Decimal, step: bigint, highest: bigint | undefined): string | undefined {
  if (value < 0n) return 'is less than zero';
  if (highest !== undefined && value > highest) return 'is too large';
  return value % step === 0n ? undefined : 'is finer than it is judged';
}
