import { itemsOf } from '../bson/elements.js';
import { isNumeric, readNumber, toPlainNumber } from '../bson/numbers.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type ValuePredicate } from './value-predicates.js';

export type BitTestName = '$bitsAllSet' | '$bitsAnySet' | '$bitsAllClear' | '$bitsAnyClear';

/** The bits of a binary value; its first byte holds the lowest. */
function bitsOfBinary(value: BsonValue): bigint {
  const reversed = Buffer.from(value.bytes.subarray(value.start + 5, value.end)).reverse();
  return BigInt(`0x0${reversed.toString('hex')}`);
}

function wholeNumberOf(value: BsonValue): bigint | undefined {
  if (!isNumeric(value.type)) return undefined;
  if (value.type === BsonType.int64) return value.bytes.readBigInt64LE(value.start);
  const number = readNumber(value);
  const plain = typeof number === 'number' ? number : toPlainNumber(value);
  if (plain === undefined || !Number.isInteger(plain)) return undefined;
  const whole = BigInt(plain);
  return BigInt.asIntN(64, whole) === whole ? whole : undefined;
}

function maskOf(name: BitTestName, operand: BsonValue): bigint {
  if (operand.type === BsonType.binary) return bitsOfBinary(operand);
  if (operand.isArray) {
    return itemsOf(operand).reduce((mask, item) => {
      const position = wholeNumberOf(item);
      if (position === undefined || position < 0n || position > 0xffff_ffffn)
        throw new CommandError(
          'BadValue',
          `Failed to parse bit position of ${name}. Expected a non-negative integer`,
        );
      return mask | (1n << position);
    }, 0n);
  }
  const mask = wholeNumberOf(operand);
  if (mask === undefined)
    throw new CommandError(
      'BadValue',
      `${name} takes an Array, a number, or a BinData but received something else`,
    );
  if (mask < 0n) throw new CommandError('FailedToParse', `Expected a non-negative number in: ${name}`);
  return mask;
}

/** Tests bits of whole numbers and of binary values. A negative number has ones in all bits above its own. */
export function bitTest(name: BitTestName, operand: BsonValue): ValuePredicate {
  const mask = maskOf(name, operand);
  const holds = (bits: bigint): boolean => {
    switch (name) {
      case '$bitsAllSet':
        return (bits & mask) === mask;
      case '$bitsAnySet':
        return (bits & mask) !== 0n;
      case '$bitsAllClear':
        return (bits & mask) === 0n;
      case '$bitsAnyClear':
        return (bits & mask) !== mask;
    }
  };
  return (value) => {
    if (value === undefined) return false;
    const bits = value.type === BsonType.binary ? bitsOfBinary(value) : wholeNumberOf(value);
    return bits !== undefined && holds(bits);
  };
}
