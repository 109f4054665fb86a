import { Decimal } from '../../bson/decimal.js';
import {
  doubleValue,
  dateValue,
  int32Value,
  int64Value,
  isNumeric,
  readNumber,
  toPlainNumber,
} from '../../bson/numbers.js';
import { BsonType, type BsonValue } from '../../bson/value.js';
import { CommandError, notImplemented } from '../../errors.js';
import { typeName } from '../../query/value-predicates.js';
import { toDouble, toInteger } from '../../write/arithmetic.js';
import { addNumbers, divideNumbers, multiplyNumbers, roundNumber, type Rounding } from '../number-results.js';
import { isNothing, NULL_VALUE, operandsOf, type OperatorCompiler } from './computation.js';

function shown(value: BsonValue): string {
  return typeName(value.type);
}

function numeric(name: string, value: BsonValue, code: number | 'TypeMismatch'): BsonValue {
  if (isNumeric(value.type)) return value;
  throw new CommandError(code, `${name} only supports numeric types, not ${shown(value)}`);
}

function millisecondsOf(date: BsonValue): bigint {
  return date.bytes.readBigInt64LE(date.start);
}

/** A date moved by a number of milliseconds; a fraction is rounded. */
function moved(date: BsonValue, by: BsonValue, sign: 1n | -1n): BsonValue {
  return dateValue(millisecondsOf(date) + sign * BigInt(Math.round(toPlainNumber(by) ?? 0)));
}

/** Folds several values; anything null or missing among them makes the result null. */
function folding(
  fold: (name: string, left: BsonValue, right: BsonValue) => BsonValue,
  least = 0,
  most = Infinity,
): OperatorCompiler {
  return (name, operand, compiler) => {
    const parts = operandsOf(name, operand, compiler, least, most);
    return (scope) => {
      let result: BsonValue | undefined;
      for (const part of parts) {
        const value = part(scope);
        if (isNothing(value)) return NULL_VALUE;
        result = fold(name, result ?? (name === '$multiply' ? int32Value(1) : int32Value(0)), value);
      }
      return result ?? int32Value(name === '$multiply' ? 1 : 0);
    };
  };
}

function add(name: string, left: BsonValue, right: BsonValue): BsonValue {
  if (left.type === BsonType.date && right.type === BsonType.date)
    throw new CommandError(16612, 'only one date allowed in an $add expression');
  if (left.type === BsonType.date) return moved(left, numeric(name, right, 'TypeMismatch'), 1n);
  if (right.type === BsonType.date) return moved(right, numeric(name, left, 'TypeMismatch'), 1n);
  return addNumbers(numeric(name, left, 'TypeMismatch'), numeric(name, right, 'TypeMismatch'));
}

function subtract(name: string, left: BsonValue, right: BsonValue): BsonValue {
  if (left.type === BsonType.date) {
    if (right.type === BsonType.date) return int64Value(millisecondsOf(left) - millisecondsOf(right));
    return moved(left, numeric(name, right, 'TypeMismatch'), -1n);
  }
  const minusOne = multiplyNumbers(numeric(name, right, 'TypeMismatch'), int32Value(-1));
  return addNumbers(numeric(name, left, 'TypeMismatch'), minusOne);
}

function divide(name: string, left: BsonValue, right: BsonValue): BsonValue {
  const divisor = numeric(name, right, 'TypeMismatch');
  const dividend = numeric(name, left, 'TypeMismatch');
  if (toPlainNumber(divisor) === 0) throw new CommandError('BadValue', "can't $divide by zero");
  return divideNumbers(dividend, divisor);
}

function modulo(name: string, left: BsonValue, right: BsonValue): BsonValue {
  const divisor = numeric(name, right, 16611);
  const dividend = numeric(name, left, 16611);
  if (toPlainNumber(divisor) === 0) throw new CommandError(16610, "can't $mod by zero");
  const types = [left.type, right.type];
  if (types.includes(BsonType.decimal128)) throw notImplemented('$mod of decimals');
  if (types.includes(BsonType.double))
    return doubleValue((toPlainNumber(dividend) ?? 0) % (toPlainNumber(divisor) ?? 1));
  const rest = toInteger(dividend) % toInteger(divisor);
  return types.includes(BsonType.int64) ? int64Value(rest) : int32Value(Number(rest));
}

/** Two operands; null when either is null or missing. */
function binary(compute: (name: string, left: BsonValue, right: BsonValue) => BsonValue): OperatorCompiler {
  return (name, operand, compiler) => {
    const [first, second] = operandsOf(name, operand, compiler, 2);
    return (scope) => {
      const left = first?.(scope);
      const right = second?.(scope);
      return isNothing(left) || isNothing(right) ? NULL_VALUE : compute(name, left, right);
    };
  };
}

function unary(compute: (name: string, value: BsonValue) => BsonValue): OperatorCompiler {
  return (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => {
      const value = only?.(scope);
      return isNothing(value) ? NULL_VALUE : compute(name, numeric(name, value, 28765));
    };
  };
}

/** A function over doubles; of a decimal it would have to be computed with 34 digits, which is not done. */
function ofDouble(compute: (number: number) => number): OperatorCompiler {
  return unary((name, value) => {
    if (value.type === BsonType.decimal128) throw notImplemented(`${name} of a decimal`);
    return doubleValue(compute(toPlainNumber(value) ?? Number.NaN));
  });
}

function absolute(_name: string, value: BsonValue): BsonValue {
  const number = readNumber(value);
  const negative = number instanceof Decimal ? number.sign < 0 : number < 0;
  return negative ? multiplyNumbers(value, int32Value(-1)) : value;
}

function rounding(mode: Rounding): OperatorCompiler {
  return (name, operand, compiler) => {
    const places = name === '$round' || name === '$trunc';
    const [first, second] = operandsOf(name, operand, compiler, 1, places ? 2 : 1);
    return (scope) => {
      const value = first?.(scope);
      if (isNothing(value)) return NULL_VALUE;
      const place = second?.(scope);
      if (second !== undefined && isNothing(place)) return NULL_VALUE;
      const digits = place === undefined ? 0 : toPlainNumber(place);
      if (digits === undefined || !Number.isInteger(digits) || digits < -20 || digits > 100)
        throw new CommandError(51083, `cannot apply ${name} with precision value, must be in [-20, 100]`);
      return roundNumber(numeric(name, value, places ? 51081 : 28765), mode, digits);
    };
  };
}

function power(_name: string, base: BsonValue, exponent: BsonValue): BsonValue {
  const types = [base.type, exponent.type];
  if (!isNumeric(base.type)) throw new CommandError(28762, `$pow's base must be numeric, not ${shown(base)}`);
  if (!isNumeric(exponent.type))
    throw new CommandError(28763, `$pow's exponent must be numeric, not ${shown(exponent)}`);
  if (types.includes(BsonType.decimal128)) throw notImplemented('$pow of decimals');
  const [left, right] = [base, exponent].map((value) => toDouble(readNumber(value)));
  if (left === undefined || right === undefined) throw new Error('two operands were given');
  if (left === 0 && right < 0)
    throw new CommandError(28764, '$pow cannot take a base of 0 and a negative exponent');
  if (types.includes(BsonType.double) || right < 0 || right > 64) return doubleValue(left ** right);
  const result = toInteger(base) ** toInteger(exponent);
  if (BigInt.asIntN(64, result) !== result) return doubleValue(left ** right);
  const fitsInt = BigInt.asIntN(32, result) === result;
  return fitsInt && !types.includes(BsonType.int64) ? int32Value(Number(result)) : int64Value(result);
}

export const ARITHMETIC_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $add: folding(add),
  $multiply: folding((name, left, right) => multiplyNumbers(left, numeric(name, right, 'TypeMismatch'))),
  $subtract: binary(subtract),
  $divide: binary(divide),
  $mod: binary(modulo),
  $pow: binary(power),
  $abs: unary(absolute),
  $ceil: rounding('up'),
  $floor: rounding('down'),
  $trunc: rounding('towards zero'),
  $round: rounding('half to even'),
  $sqrt: ofDouble((number) => {
    if (number < 0) throw new CommandError(28714, "$sqrt's argument must be greater than or equal to 0");
    return Math.sqrt(number);
  }),
  $exp: ofDouble(Math.exp),
  $ln: ofDouble((number) => {
    if (number <= 0)
      throw new CommandError(28766, `$ln's argument must be a positive number, but is ${number}`);
    return Math.log(number);
  }),
  $log10: ofDouble((number) => {
    if (number <= 0)
      throw new CommandError(28761, `$log10's argument must be a positive number, but is ${number}`);
    return Math.log10(number);
  }),
};
