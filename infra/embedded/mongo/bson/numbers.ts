import { BsonType, BsonValue } from './value.js';
import { compareDecimals, Decimal, readDecimal } from './decimal.js';

/** A number as exactly as it was stored. Longs beyond 2^53 are bigints; JavaScript compares those with doubles exactly. */
export type ExactNumber = number | bigint | Decimal;

export function isNumeric(type: number): boolean {
  return (
    type === BsonType.int32 ||
    type === BsonType.double ||
    type === BsonType.int64 ||
    type === BsonType.decimal128
  );
}

const TWO_TO_32 = 4_294_967_296;
const SAFE_HIGH = 0x1f_ffff;

export function readNumber(value: BsonValue): ExactNumber {
  switch (value.type) {
    case BsonType.int32:
      return value.bytes.readInt32LE(value.start);
    case BsonType.double:
      return value.bytes.readDoubleLE(value.start);
    case BsonType.int64: {
      const high = value.bytes.readInt32LE(value.start + 4);
      if (high > SAFE_HIGH || high < -SAFE_HIGH) return value.bytes.readBigInt64LE(value.start);
      return high * TWO_TO_32 + value.bytes.readUInt32LE(value.start);
    }
    default:
      return readDecimal(value.bytes, value.start);
  }
}

export function isNaNValue(number: ExactNumber): boolean {
  return number instanceof Decimal ? number.kind === 'nan' : number !== number;
}

/** The total order of all BSON numbers together: NaN first, everything else by its exact value. */
export function compareNumbers(left: ExactNumber, right: ExactNumber): number {
  const leftNaN = isNaNValue(left);
  const rightNaN = isNaNValue(right);
  if (leftNaN || rightNaN) return Number(rightNaN) - Number(leftNaN);
  if (left instanceof Decimal || right instanceof Decimal) {
    return compareDecimals(Decimal.from(left), Decimal.from(right));
  }
  return left < right ? -1 : left > right ? 1 : 0;
}

/** A plain number for counts, limits and sizes; undefined when the value is no number. */
export function toPlainNumber(value: BsonValue): number | undefined {
  if (!isNumeric(value.type)) return undefined;
  const number = readNumber(value);
  return number instanceof Decimal ? number.toNumber() : Number(number);
}

export function int32Value(number: number): BsonValue {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeInt32LE(number);
  return new BsonValue(BsonType.int32, bytes, 0, 4);
}

export function int64Value(number: bigint): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64LE(number);
  return new BsonValue(BsonType.int64, bytes, 0, 8);
}

export function doubleValue(number: number): BsonValue {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeDoubleLE(number);
  return new BsonValue(BsonType.double, bytes, 0, 8);
}

/** A date, by its milliseconds since 1970. */
export function dateValue(milliseconds: bigint): BsonValue {
  const { bytes } = int64Value(milliseconds);
  return new BsonValue(BsonType.date, bytes, 0, 8);
}
