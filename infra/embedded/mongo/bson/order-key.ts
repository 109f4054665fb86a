import { type ByteWriter } from './byte-writer.js';
import { Decimal, compareDecimals } from './decimal.js';
import { forEachElement, itemsOf } from './elements.js';
import { type ExactNumber, isNaNValue, readNumber } from './numbers.js';
import { typeOrder } from './type-order.js';
import { BsonType, BsonValue } from './value.js';

/**
 * Writes a value so that comparing the bytes compares the values, in the server's order of all types.
 * Invariant: no key is a prefix of another, so keys of several fields can simply follow one another.
 */
export function writeOrderKey(writer: ByteWriter, value: BsonValue): void {
  const { bytes, start, end } = value;
  writer.byte(typeOrder(value.type));
  switch (value.type) {
    case BsonType.int32:
    case BsonType.int64:
    case BsonType.double:
    case BsonType.decimal128:
      writeNumber(writer, readNumber(value));
      return;
    case BsonType.string:
    case BsonType.symbol:
    case BsonType.javascript:
      writeEscaped(writer, bytes, start + 4, end - 1);
      return;
    case BsonType.document:
      writeFields(writer, value);
      return;
    case BsonType.array:
      for (const item of itemsOf(value)) writeOrderKey(writer, item);
      writer.byte(0);
      return;
    case BsonType.binary:
      writer.uint32BigEndian(bytes.readInt32LE(start));
      writer.copy(bytes, start + 4, end);
      return;
    case BsonType.objectId:
    case BsonType.boolean:
      writer.copy(bytes, start, end);
      return;
    case BsonType.date: {
      writeReversed(writer, bytes, start, end);
      const first = writer.length - 8;
      writer.bytes[first] = (writer.bytes[first] ?? 0) ^ 0x80;
      return;
    }
    case BsonType.timestamp:
      writeReversed(writer, bytes, start, end);
      return;
    case BsonType.regex:
      writer.copy(bytes, start, end);
      return;
    case BsonType.dbPointer:
      writeEscaped(writer, bytes, start + 4, end - 13);
      writer.copy(bytes, end - 12, end);
      return;
    case BsonType.javascriptWithScope: {
      const codeEnd = start + 8 + bytes.readInt32LE(start + 4);
      writeEscaped(writer, bytes, start + 8, codeEnd - 1);
      writeFields(writer, new BsonValue(BsonType.document, bytes, codeEnd, end));
      return;
    }
    default:
  }
}

/** Objects compare element by element: type, then name, then value; the shorter one is smaller. */
function writeFields(writer: ByteWriter, document: BsonValue): void {
  forEachElement(document, (name, field) => {
    writer.byte(typeOrder(field.type));
    writer.zeroTerminated(name);
    writeOrderKey(writer, field);
    return undefined;
  });
  writer.byte(0);
}

/** A zero byte inside becomes 00 FF, the end is 00 01: a longer text is larger whatever follows. */
function writeEscaped(writer: ByteWriter, bytes: Buffer, start: number, end: number): void {
  let from = start;
  for (;;) {
    const zero = bytes.indexOf(0, from);
    if (zero < 0 || zero >= end) break;
    writer.copy(bytes, from, zero + 1);
    writer.byte(0xff);
    from = zero + 1;
  }
  writer.copy(bytes, from, end);
  writer.byte(0);
  writer.byte(1);
}

function writeReversed(writer: ByteWriter, bytes: Buffer, start: number, end: number): void {
  for (let index = end - 1; index >= start; index -= 1) writer.byte(bytes[index] ?? 0);
}

const NOT_A_NUMBER = 0;
const NEGATIVE = 1;
const ZERO = 2;
const POSITIVE = 3;

/**
 * Sign, then the double nearest towards zero, then, for what a double cannot hold (large Longs, decimals),
 * a 1 and the exact decimal digits. The double itself gets a 0: it is the smallest of its neighbours.
 */
function writeNumber(writer: ByteWriter, number: ExactNumber): void {
  if (isNaNValue(number)) {
    writer.byte(NOT_A_NUMBER);
    return;
  }
  const sign = number instanceof Decimal ? number.sign : number < 0 ? -1 : number > 0 ? 1 : 0;
  if (sign === 0) {
    writer.byte(ZERO);
    return;
  }
  writer.byte(sign < 0 ? NEGATIVE : POSITIVE);
  const from = writer.length;
  if (typeof number === 'number') {
    writeMagnitude(writer, Math.abs(number));
    writer.byte(0);
  } else {
    writeExact(writer, Decimal.from(number));
  }
  if (sign < 0) writer.complement(from);
}

function writeMagnitude(writer: ByteWriter, magnitude: number): void {
  writer.reserve(8);
  writer.length = writer.bytes.writeDoubleBE(magnitude, writer.length);
}

function writeExact(writer: ByteWriter, value: Decimal): void {
  if (value.kind === 'infinite') {
    writeMagnitude(writer, Infinity);
    writer.byte(0);
    return;
  }
  const magnitude = new Decimal('finite', false, value.coefficient, value.exponent);
  const below = doubleTowardsZero(magnitude);
  writeMagnitude(writer, below);
  if (compareDecimals(Decimal.from(below), magnitude) === 0) {
    writer.byte(0);
    return;
  }
  writer.byte(1);
  const digits = magnitude.coefficient.toString();
  // The position of the leading digit decides first, then the digits without trailing zeros.
  writer.uint32BigEndian(magnitude.exponent + digits.length + 0x8000);
  writer.zeroTerminated(digits.replace(/0+$/, ''));
}

function doubleTowardsZero(magnitude: Decimal): number {
  const nearest = magnitude.toNumber();
  if (nearest === Infinity) return Number.MAX_VALUE;
  if (nearest === 0 || compareDecimals(Decimal.from(nearest), magnitude) <= 0) return nearest;
  const bits = Buffer.allocUnsafe(8);
  bits.writeDoubleBE(nearest);
  bits.writeBigUInt64BE(bits.readBigUInt64BE() - 1n);
  return bits.readDoubleBE();
}

/** The smallest key larger than every key that begins with these bytes. */
export function successor(prefix: Buffer): Buffer {
  const next = Buffer.from(prefix);
  for (let index = next.length - 1; index >= 0; index -= 1) {
    const byte = next[index] ?? 0;
    if (byte < 0xff) {
      next[index] = byte + 1;
      return next.subarray(0, index + 1);
    }
  }
  return Buffer.concat([prefix, Buffer.alloc(8, 0xff)]);
}
