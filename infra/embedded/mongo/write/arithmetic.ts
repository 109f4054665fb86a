import { Decimal128 } from 'bson';
import { Decimal } from '../bson/decimal.js';
import { doubleValue, type ExactNumber, int32Value, int64Value, readNumber } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';

const SMALLEST_LONG = -(2n ** 63n);
const LARGEST_LONG = 2n ** 63n - 1n;
const DECIMAL_DIGITS = 34;

export type Arithmetic = 'add' | 'multiply';

export function toDouble(number: ExactNumber): number {
  return number instanceof Decimal ? number.toNumber() : Number(number);
}

/** Adds or multiplies as the server does: the wider type wins, an int that overflows becomes a long. */
export function calculate(kind: Arithmetic, left: BsonValue, right: BsonValue): BsonValue {
  const types = [left.type, right.type];
  const a = readNumber(left);
  const b = readNumber(right);
  if (types.includes(BsonType.decimal128)) return decimalResult(kind, asDecimal(a), asDecimal(b));
  if (types.includes(BsonType.double)) {
    return doubleValue(kind === 'add' ? toDouble(a) + toDouble(b) : toDouble(a) * toDouble(b));
  }
  const [x, y] = [left, right].map(toInteger);
  const result = kind === 'add' ? (x ?? 0n) + (y ?? 0n) : (x ?? 0n) * (y ?? 0n);
  if (result < SMALLEST_LONG || result > LARGEST_LONG) {
    throw new CommandError(
      'BadValue',
      `Failed to apply $${kind === 'add' ? 'inc' : 'mul'} operations to current value: it would overflow a long`,
    );
  }
  const fitsInt = BigInt.asIntN(32, result) === result;
  return fitsInt && !types.includes(BsonType.int64) ? int32Value(Number(result)) : int64Value(result);
}

export function toInteger(value: BsonValue): bigint {
  return value.type === BsonType.int64
    ? value.bytes.readBigInt64LE(value.start)
    : BigInt(value.bytes.readInt32LE(value.start));
}

/** A double takes part in decimal arithmetic with the 15 digits it stands for. */
export function asDecimal(number: ExactNumber): Decimal {
  if (typeof number !== 'number' || !Number.isFinite(number) || Number.isSafeInteger(number)) {
    return Decimal.from(number);
  }
  const [digits = '0', exponent = '0'] = number.toExponential(14).split('e');
  const coefficient = BigInt(digits.replace(/[-.]/g, ''));
  return new Decimal('finite', number < 0, coefficient, Number(exponent) - 14);
}

function signed(value: Decimal, exponent: number): bigint {
  const scaled = value.coefficient * 10n ** BigInt(value.exponent - exponent);
  return value.negative ? -scaled : scaled;
}

function decimalResult(kind: Arithmetic, left: Decimal, right: Decimal): BsonValue {
  if (left.kind !== 'finite' || right.kind !== 'finite') {
    const approximate =
      kind === 'add' ? left.toNumber() + right.toNumber() : left.toNumber() * right.toNumber();
    return BsonValue.from(Decimal128.fromString(String(approximate)));
  }
  if (kind === 'multiply') {
    const negative = left.negative !== right.negative;
    const product = left.coefficient * right.coefficient;
    return encodeDecimal(negative ? -product : product, left.exponent + right.exponent);
  }
  const exponent = Math.min(left.exponent, right.exponent);
  return encodeDecimal(signed(left, exponent) + signed(right, exponent), exponent);
}

/** Rounds half to even at 34 digits. */
export function encodeDecimal(value: bigint, exponent: number): BsonValue {
  let coefficient = value < 0n ? -value : value;
  let scale = exponent;
  const excess = coefficient.toString().length - DECIMAL_DIGITS;
  if (excess > 0) {
    const divisor = 10n ** BigInt(excess);
    const rest = coefficient % divisor;
    coefficient /= divisor;
    scale += excess;
    if (rest * 2n > divisor || (rest * 2n === divisor && coefficient % 2n === 1n)) coefficient += 1n;
  }
  return BsonValue.from(Decimal128.fromString(`${value < 0n ? '-' : ''}${coefficient.toString()}E${scale}`));
}
