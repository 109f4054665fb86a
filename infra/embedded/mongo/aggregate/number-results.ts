import { Decimal } from '../bson/decimal.js';
import { doubleValue, int32Value, int64Value, isNumeric, readNumber } from '../bson/numbers.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { asDecimal, calculate, encodeDecimal, toDouble } from '../write/arithmetic.js';

function orDouble(compute: () => BsonValue, otherwise: () => number): BsonValue {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return doubleValue(otherwise());
  }
}

/** As expressions add, unlike updates: what does not fit a long becomes a double. */
export function addNumbers(left: BsonValue, right: BsonValue): BsonValue {
  return orDouble(
    () => calculate('add', left, right),
    () => toDouble(readNumber(left)) + toDouble(readNumber(right)),
  );
}

export function multiplyNumbers(left: BsonValue, right: BsonValue): BsonValue {
  return orDouble(
    () => calculate('multiply', left, right),
    () => toDouble(readNumber(left)) * toDouble(readNumber(right)),
  );
}

const DIGITS = 34;

/** A quotient is a double, or a decimal of 34 digits when one of the two is a decimal; the divisor is not 0. */
export function divideNumbers(left: BsonValue, right: BsonValue): BsonValue {
  if (left.type !== BsonType.decimal128 && right.type !== BsonType.decimal128) {
    return doubleValue(toDouble(readNumber(left)) / toDouble(readNumber(right)));
  }
  const [dividend, divisor] = [asDecimal(readNumber(left)), asDecimal(readNumber(right))];
  if (dividend.kind !== 'finite' || divisor.kind !== 'finite')
    throw new CommandError(
      'NotImplemented',
      'dividing an infinite decimal is not implemented by the embedded MongoDB node',
    );
  const shift = Math.max(
    0,
    DIGITS + 1 + divisor.coefficient.toString().length - dividend.coefficient.toString().length,
  );
  const scaled = dividend.coefficient * 10n ** BigInt(shift);
  let quotient = scaled / divisor.coefficient;
  let exponent = dividend.exponent - divisor.exponent - shift;
  // One digit beyond those kept, so that a remainder is not taken for exactly half.
  if (scaled % divisor.coefficient !== 0n) {
    quotient = quotient * 10n + 1n;
    exponent -= 1;
  }
  const preferred = dividend.exponent - divisor.exponent;
  while (exponent < preferred && quotient !== 0n && quotient % 10n === 0n) {
    quotient /= 10n;
    exponent += 1;
  }
  return encodeDecimal(dividend.negative === divisor.negative ? quotient : -quotient, exponent);
}

export type Rounding = 'up' | 'down' | 'towards zero' | 'half to even';

/** Rounds to so many places after the point and keeps the type; integers only change left of the point. */
export function roundNumber(value: BsonValue, rounding: Rounding, places: number): BsonValue {
  const number = readNumber(value);
  const exact = Decimal.from(number);
  if (exact.kind !== 'finite' || -places <= exact.exponent) return value;
  const rounded = roundDecimal(exact, rounding, places);
  switch (value.type) {
    case BsonType.decimal128:
      return encodeDecimal(rounded, -places);
    case BsonType.double: {
      const result = new Decimal(
        'finite',
        rounded < 0n,
        rounded < 0n ? -rounded : rounded,
        -places,
      ).toNumber();
      return doubleValue(result === 0 && exact.negative ? -0 : result);
    }
    default: {
      const whole = rounded * 10n ** BigInt(-places);
      return value.type === BsonType.int32 && BigInt.asIntN(32, whole) === whole
        ? int32Value(Number(whole))
        : int64Value(whole);
    }
  }
}

function roundDecimal(value: Decimal, rounding: Rounding, places: number): bigint {
  const divisor = 10n ** BigInt(-places - value.exponent);
  const down = value.coefficient / divisor;
  const rest = value.coefficient % divisor;
  const twice = rest * 2n;
  const away =
    rest !== 0n &&
    ((rounding === 'up' && !value.negative) ||
      (rounding === 'down' && value.negative) ||
      (rounding === 'half to even' && (twice > divisor || (twice === divisor && down % 2n === 1n))));
  const magnitude = away ? down + 1n : down;
  return value.negative ? -magnitude : magnitude;
}

/** The sum of the numbers among the values, in the widest of their types. */
export function sumOf(values: readonly BsonValue[]): BsonValue {
  return values.filter(({ type }) => isNumeric(type)).reduce(addNumbers, int32Value(0));
}

/** The mean of the numbers among the values; undefined when there is none. */
export function averageOf(values: readonly BsonValue[]): BsonValue | undefined {
  const numbers = values.filter(({ type }) => isNumeric(type));
  return numbers.length === 0 ? undefined : divideNumbers(sumOf(numbers), int32Value(numbers.length));
}
