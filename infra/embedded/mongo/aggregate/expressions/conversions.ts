import { Decimal128, ObjectId } from 'bson';
import { Decimal } from '../../bson/decimal.js';
import { dateValue, doubleValue, int32Value, int64Value, isNumeric, readNumber } from '../../bson/numbers.js';
import { BsonType, BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import { typeName } from '../../query/value-predicates.js';
import { asDecimal, encodeDecimal, toDouble } from '../../write/arithmetic.js';
import {
  booleanValue,
  isNothing,
  namedOperands,
  NULL_VALUE,
  operandsOf,
  type OperatorCompiler,
  required,
} from './computation.js';
import { isTrue } from './truth.js';

type Conversion = (value: BsonValue) => BsonValue;

function fail(value: BsonValue, to: string, why = 'Unsupported conversion'): never {
  throw new CommandError(
    'ConversionFailure',
    `${why} from ${typeName(value.type)} to ${to} in $convert with no onError value`,
  );
}

function millisecondsOf(value: BsonValue): bigint {
  return value.bytes.readBigInt64LE(value.start);
}

/** Cuts a fraction off. */
function wholeOf(value: BsonValue, to: string): bigint {
  const number = readNumber(value);
  if (typeof number === 'bigint') return number;
  const exact = Decimal.from(number);
  if (exact.kind !== 'finite') fail(value, to, 'Attempt to convert a value that is not finite');
  const scale = 10n ** BigInt(Math.abs(exact.exponent));
  const magnitude = exact.exponent < 0 ? exact.coefficient / scale : exact.coefficient * scale;
  return exact.negative ? -magnitude : magnitude;
}

function toWhole(value: BsonValue, to: 'int' | 'long'): bigint {
  let whole: bigint;
  if (isNumeric(value.type)) whole = wholeOf(value, to);
  else if (value.type === BsonType.boolean) whole = value.boolean() ? 1n : 0n;
  else if (value.type === BsonType.date && to === 'long') whole = millisecondsOf(value);
  else if (value.type === BsonType.string && /^[+-]?\d+$/.test(value.text()))
    whole = BigInt(value.text().replace('+', ''));
  else return fail(value, to, value.type === BsonType.string ? 'Failed to parse number' : undefined);
  if (BigInt.asIntN(to === 'int' ? 32 : 64, whole) !== whole)
    fail(value, to, 'Conversion would overflow target type');
  return whole;
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function toDoubleValue(value: BsonValue): BsonValue {
  if (isNumeric(value.type)) return doubleValue(toDouble(readNumber(value)));
  if (value.type === BsonType.boolean) return doubleValue(value.boolean() ? 1 : 0);
  if (value.type === BsonType.date) return doubleValue(Number(millisecondsOf(value)));
  if (value.type === BsonType.string && NUMBER.test(value.text())) return doubleValue(Number(value.text()));
  return fail(value, 'double');
}

function toDecimal(value: BsonValue): BsonValue {
  if (value.type === BsonType.decimal128) return value;
  if (value.type === BsonType.string && NUMBER.test(value.text()))
    return BsonValue.from(Decimal128.fromString(value.text()));
  if (isNumeric(value.type)) {
    const exact = asDecimal(readNumber(value));
    if (exact.kind !== 'finite') return BsonValue.from(Decimal128.fromString(String(exact.toNumber())));
    return encodeDecimal(exact.negative ? -exact.coefficient : exact.coefficient, exact.exponent);
  }
  if (value.type === BsonType.boolean) return encodeDecimal(value.boolean() ? 1n : 0n, 0);
  if (value.type === BsonType.date) return encodeDecimal(millisecondsOf(value), 0);
  return fail(value, 'decimal');
}

/** The text of a number, a date, an ObjectId or a truth; what has none is refused. */
export function textOfValue(value: BsonValue): string {
  switch (value.type) {
    case BsonType.string:
    case BsonType.symbol:
      return value.text();
    case BsonType.boolean:
      return String(value.boolean());
    case BsonType.objectId:
      return value.slice().toString('hex');
    case BsonType.date:
      return new Date(Number(millisecondsOf(value))).toISOString();
    case BsonType.decimal128:
      return new Decimal128(Uint8Array.from(value.slice())).toString();
    case BsonType.int32:
    case BsonType.int64:
    case BsonType.double: {
      const number = readNumber(value);
      if (typeof number === 'bigint') return number.toString();
      return Object.is(number, -0) ? '-0' : String(toDouble(number));
    }
    default:
      return fail(value, 'string');
  }
}

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?\s?(Z|[+-]\d{2}:?\d{2})?)?$/;

function toDate(value: BsonValue): BsonValue {
  switch (value.type) {
    case BsonType.date:
      return value;
    case BsonType.double:
    case BsonType.int64:
    case BsonType.decimal128:
      return dateValue(wholeOf(value, 'date'));
    case BsonType.objectId:
      return dateValue(BigInt(value.bytes.readUInt32BE(value.start)) * 1000n);
    case BsonType.timestamp:
      return dateValue(BigInt(value.bytes.readUInt32LE(value.start + 4)) * 1000n);
    case BsonType.string: {
      const text = value.text();
      if (!DATE.test(text)) fail(value, 'date', `Error parsing date string '${text}'`);
      // What names no zone is in UTC.
      const zoned = text.length > 10 && !/(Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10)) ? `${text}Z` : text;
      const milliseconds = Date.parse(zoned.replace(' ', 'T').replace(/\s/g, ''));
      if (Number.isNaN(milliseconds)) fail(value, 'date', `Error parsing date string '${text}'`);
      return dateValue(BigInt(milliseconds));
    }
    default:
      return fail(value, 'date');
  }
}

function toObjectId(value: BsonValue): BsonValue {
  if (value.type === BsonType.objectId) return value;
  if (value.type === BsonType.string && /^[0-9a-f]{24}$/i.test(value.text()))
    return BsonValue.from(new ObjectId(value.text()));
  return fail(value, 'objectId', 'Failed to parse objectId');
}

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  int: (value) => int32Value(Number(toWhole(value, 'int'))),
  long: (value) => int64Value(toWhole(value, 'long')),
  double: toDoubleValue,
  decimal: toDecimal,
  bool: (value) => booleanValue(isTrue(value)),
  string: (value) => BsonValue.from(textOfValue(value)),
  date: toDate,
  objectId: toObjectId,
};

const BY_CODE: Readonly<Record<number, string>> = {
  1: 'double',
  2: 'string',
  7: 'objectId',
  8: 'bool',
  9: 'date',
  16: 'int',
  18: 'long',
  19: 'decimal',
};

function converting(to: string): OperatorCompiler {
  return (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => {
      const value = only?.(scope);
      return isNothing(value) ? NULL_VALUE : convert(value, to);
    };
  };
}

function convert(value: BsonValue, to: string): BsonValue {
  const conversion = CONVERSIONS[to];
  if (conversion === undefined) throw new CommandError('BadValue', `Unknown type name: ${to}`);
  return conversion(value);
}

const convertTo: OperatorCompiler = (name, operand, compiler) => {
  const fields = namedOperands(name, operand, ['input', 'to', 'onError', 'onNull'], 9);
  const input = compiler.compile(required(name, fields, 'input', 9));
  const to = compiler.compile(required(name, fields, 'to', 9));
  const [onError, onNull] = ['onError', 'onNull'].map((field) => {
    const value = fields.get(field);
    return value === undefined ? undefined : compiler.compile(value);
  });
  return (scope) => {
    const target = to(scope);
    const value = input(scope);
    if (isNothing(value)) return onNull === undefined ? NULL_VALUE : onNull(scope);
    if (isNothing(target)) return NULL_VALUE;
    const wanted = isNumeric(target.type)
      ? (BY_CODE[toDouble(readNumber(target))] ?? '')
      : textOfValue(target);
    try {
      return convert(value, wanted);
    } catch (error) {
      if (onError === undefined || !(error instanceof CommandError) || error.codeName !== 'ConversionFailure')
        throw error;
      return onError(scope);
    }
  };
};

export const CONVERSION_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $convert: convertTo,
  $toInt: converting('int'),
  $toLong: converting('long'),
  $toDouble: converting('double'),
  $toDecimal: converting('decimal'),
  $toBool: converting('bool'),
  $toString: converting('string'),
  $toDate: converting('date'),
  $toObjectId: converting('objectId'),
};
