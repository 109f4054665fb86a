import { compareNumbers, isNumeric, readNumber } from '../../bson/numbers.js';
import { BsonType, type BsonValue } from '../../bson/value.js';

/** Whether a computed value counts as true: all but missing, null, false and any zero. */
export function isTrue(value: BsonValue | undefined): boolean {
  if (value === undefined || value.isNullish) return false;
  if (value.type === BsonType.boolean) return value.boolean();
  return !isNumeric(value.type) || compareNumbers(readNumber(value), 0) !== 0;
}
