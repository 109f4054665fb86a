declare const decimalBrand: unique symbol;

/** An exact decimal: the number times 10^12. At most 26 integer digits, so that it fits DECIMAL(38,12). */
export type Decimal = bigint & { readonly [decimalBrand]: 'Decimal' };

/** Why a text is no decimal, in words that can stand behind a quotation of the text. */
export interface NotADecimal {
  readonly reason: string;
}

export interface DecimalNotation {
  readonly thousandsSeparator?: string | undefined;
  readonly decimalSeparator?: string | undefined;
}

export const fractionDigits = 12;
export const maximumIntegerDigits = 26;

/** The number one. */
export const decimalOne = (10n ** BigInt(fractionDigits)) as Decimal;
export const decimalZero = 0n as Decimal;

const onlyDigits = /^[0-9]+$/;
const zeros = '0'.repeat(fractionDigits);

/**
 * Reads a plain decimal number: an optional sign, digits, and a fraction. Thousands may be separated throughout
 * or not at all; exponents, names such as `NaN`, and digits that would be lost are refused.
 */
export function parseDecimal(text: string, notation: DecimalNotation = {}): Decimal | NotADecimal {
  if (text === '') return { reason: 'is empty' };
  const sign = text.charAt(0);
  const signed = sign === '-' || sign === '+';
  const unsigned = signed ? text.slice(1) : text;

  const point = unsigned.indexOf(notation.decimalSeparator ?? '.');
  const integerText = point < 0 ? unsigned : unsigned.slice(0, point);
  const fractionText = point < 0 ? '' : unsigned.slice(point + 1);
  if (point >= 0 && fractionText === '')
    return { reason: 'is not a number: nothing follows its decimal point' };

  const integer = withoutSeparators(integerText, notation.thousandsSeparator);
  if (typeof integer !== 'string') return integer;
  if (integer === '' ? point < 0 : !onlyDigits.test(integer)) return notANumber(text);
  if (fractionText !== '' && !onlyDigits.test(fractionText)) return notANumber(text);

  return fromDigits(sign === '-', integer, fractionText);
}

function fromDigits(negative: boolean, integer: string, fraction: string): Decimal | NotADecimal {
  const significant = integer.length > maximumIntegerDigits ? integer.replace(/^0+/, '') : integer;
  if (significant.length > maximumIntegerDigits) {
    return { reason: `has ${significant.length} integer digits, at most ${maximumIntegerDigits} are kept` };
  }
  const kept = fraction.length > fractionDigits ? fraction.replace(/0+$/, '') : fraction;
  if (kept.length > fractionDigits) {
    return { reason: `has ${kept.length} fractional digits, at most ${fractionDigits} are kept` };
  }
  const magnitude = BigInt(significant + kept + zeros.slice(kept.length));
  return (negative ? -magnitude : magnitude) as Decimal;
}

function withoutSeparators(integer: string, separator: string | undefined): string | NotADecimal {
  if (separator === undefined || separator === '' || !integer.includes(separator)) return integer;
  const groups = integer.split(separator);
  const misplaced = groups.some((group, index) =>
    index === 0 ? group.length < 1 || group.length > 3 : group.length !== 3,
  );
  return misplaced ? { reason: `has a misplaced thousands separator "${separator}"` } : groups.join('');
}

function notANumber(text: string): NotADecimal {
  return /^[+-]?[0-9.,]+[eE][+-]?[0-9]+$/.test(text)
    ? { reason: 'is written with an exponent, which is not accepted' }
    : { reason: 'is not a number' };
}

/** The shortest text that reads back as the same decimal. */
export function formatDecimal(value: Decimal): string {
  const digits = (value < 0n ? 0n - value : value).toString().padStart(fractionDigits + 1, '0');
  const integer = digits.slice(0, -fractionDigits);
  const fraction = digits.slice(-fractionDigits).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${integer}${fraction === '' ? '' : `.${fraction}`}`;
}

/** The decimal of a text that `formatDecimal` made. @throws RangeError for any other */
export function decimalOf(text: string): Decimal {
  const value = parseDecimal(text);
  if (typeof value === 'bigint') return value;
  throw new RangeError(`${text} ${value.reason}`);
}

/** A decimal from a safe integer. */
export function decimalFromInteger(value: number): Decimal {
  return (BigInt(value) * decimalOne) as Decimal;
}

export function absoluteDifference(left: Decimal, right: Decimal): Decimal {
  return (left < right ? right - left : left - right) as Decimal;
}

export function sumOfDecimals(values: Iterable<Decimal>): Decimal {
  let sum = 0n;
  for (const value of values) sum += value;
  return sum as Decimal;
}

/** The product, rounded half away from zero to the scale of a decimal. */
export function multiplyDecimals(left: Decimal, right: Decimal): Decimal {
  return roundedQuotient(left * right, decimalOne) as Decimal;
}

/** `value` × `part` ÷ `whole`, rounded half away from zero; of the whole it is the value itself. */
export function proportionOf(value: Decimal, part: Decimal, whole: Decimal): Decimal {
  return roundedQuotient(value * part, whole) as Decimal;
}

/** Whether `difference` is at most `basisPoints` of `base`: judged by cross-multiplication, nothing is rounded. */
export function isWithinBasisPoints(difference: Decimal, base: Decimal, basisPoints: Decimal): boolean {
  return difference * 10_000n * decimalOne <= basisPoints * base;
}

/** `difference` as parts of `base` (10,000 for basis points, 100 for per cent), to two digits: for reading only. */
export function ratioText(difference: Decimal, base: Decimal, parts: bigint): string {
  if (base === 0n) return difference === 0n ? '0.00' : 'infinitely many';
  const hundredths = roundedQuotient(difference * parts * 100n, base);
  const digits = hundredths.toString().padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function roundedQuotient(numerator: bigint, denominator: bigint): bigint {
  const half = denominator / 2n;
  return (numerator < 0n ? numerator - half : numerator + half) / denominator;
}
