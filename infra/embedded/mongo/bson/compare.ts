import { ByteWriter } from './byte-writer.js';
import { compareNumbers, readNumber } from './numbers.js';
import { writeOrderKey } from './order-key.js';
import { NUMBER_ORDER, typeOrder } from './type-order.js';
import { BsonType, type BsonValue } from './value.js';

const leftKey = new ByteWriter();
const rightKey = new ByteWriter();

/** The server's order of any two values. */
export function compareValues(left: BsonValue, right: BsonValue): number {
  const leftOrder = typeOrder(left.type);
  const rightOrder = typeOrder(right.type);
  if (leftOrder !== rightOrder) return leftOrder < rightOrder ? -1 : 1;
  if (leftOrder === NUMBER_ORDER) return compareNumbers(readNumber(left), readNumber(right));
  switch (left.type) {
    case BsonType.string:
    case BsonType.symbol:
      return left.bytes.compare(right.bytes, right.start + 4, right.end - 1, left.start + 4, left.end - 1);
    case BsonType.objectId:
    case BsonType.boolean:
    case BsonType.null:
      return left.bytes.compare(right.bytes, right.start, right.end, left.start, left.end);
    default:
  }
  // Index keys order everything by definition; the rarer types are compared by theirs.
  leftKey.length = 0;
  rightKey.length = 0;
  writeOrderKey(leftKey, left);
  writeOrderKey(rightKey, right);
  return leftKey.bytes.compare(rightKey.bytes, 0, rightKey.length, 0, leftKey.length);
}

export function equalValues(left: BsonValue, right: BsonValue): boolean {
  return left.equalsBytes(right) || compareValues(left, right) === 0;
}

/** A text that is the same for equal values only: for sets and maps of values. */
export function identityOf(value: BsonValue): string {
  leftKey.length = 0;
  writeOrderKey(leftKey, value);
  return leftKey.bytes.toString('latin1', 0, leftKey.length);
}
