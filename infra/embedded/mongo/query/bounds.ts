import { ByteWriter } from '../bson/byte-writer.js';
import { forEachElement, itemsOf } from '../bson/elements.js';
import { isNumeric, isNaNValue, readNumber } from '../bson/numbers.js';
import { successor, writeOrderKey } from '../bson/order-key.js';
import { typeOrder } from '../bson/type-order.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { isOperatorObject } from './field-operators.js';

/** What a filter says for certain about one field. */
export interface FieldBounds {
  equal?: BsonValue;
  among?: readonly BsonValue[];
  above?: { readonly value: BsonValue; readonly inclusive: boolean };
  below?: { readonly value: BsonValue; readonly inclusive: boolean };
}

/** Values an index entry is found by exactly; arrays, patterns and nulls are left to the filter itself. */
function isPlain(value: BsonValue): boolean {
  switch (value.type) {
    case BsonType.array:
    case BsonType.regex:
    case BsonType.null:
    case BsonType.undefined:
    case BsonType.minKey:
    case BsonType.maxKey:
      return false;
    default:
      return !(isNumeric(value.type) && isNaNValue(readNumber(value)));
  }
}

/** Collects bounds from the conditions that must all hold: the top level and any `$and`. */
export function boundsOf(
  filter: BsonValue | undefined,
  bounds = new Map<string, FieldBounds>(),
): Map<string, FieldBounds> {
  if (filter === undefined) return bounds;
  forEachElement(filter, (path, operand) => {
    if (path === '$and' && operand.isArray) {
      for (const clause of itemsOf(operand)) boundsOf(clause, bounds);
    } else if (!path.startsWith('$')) {
      const field = bounds.get(path) ?? {};
      bounds.set(path, field);
      if (!isOperatorObject(operand)) {
        if (isPlain(operand)) field.equal = operand;
      } else forEachElement(operand, (name, value) => addOperator(field, name, value));
    }
    return undefined;
  });
  return bounds;
}

function addOperator(field: FieldBounds, name: string, value: BsonValue): undefined {
  if (name === '$in' && value.isArray) {
    const items = itemsOf(value);
    if (items.every(isPlain)) field.among = items;
    return;
  }
  if (!isPlain(value)) return;
  if (name === '$eq') field.equal = value;
  else if (name === '$gt' || name === '$gte') field.above ??= { value, inclusive: name === '$gte' };
  else if (name === '$lt' || name === '$lte') field.below ??= { value, inclusive: name === '$lte' };
}

/** The bytes one field's conditions span, in the direction the index keeps the field. */
export interface ByteInterval {
  readonly start: Buffer;
  readonly end: Buffer;
}

export function fieldKey(value: BsonValue, descending: boolean): Buffer {
  const writer = new ByteWriter(64);
  writeOrderKey(writer, value);
  if (descending) writer.complement(0);
  return writer.take();
}

export function rangeInterval(
  bounds: FieldBounds,
  descending: boolean,
  oneSided: boolean,
): ByteInterval | undefined {
  const { above } = bounds;
  const below = oneSided && above !== undefined ? undefined : bounds.below;
  const sample = above?.value ?? below?.value;
  if (sample === undefined) return undefined;
  const bracket: Buffer = Buffer.from([typeOrder(sample.type)]);
  if (descending) bracket[0] = ~(bracket[0] ?? 0) & 0xff;
  let start: Buffer = bracket;
  let end: Buffer = successor(bracket);
  if (above !== undefined) {
    const key = fieldKey(above.value, descending);
    if (descending) end = above.inclusive ? successor(key) : key;
    else start = above.inclusive ? key : successor(key);
  }
  if (below !== undefined) {
    const key = fieldKey(below.value, descending);
    if (descending) start = below.inclusive ? key : successor(key);
    else end = below.inclusive ? successor(key) : key;
  }
  return { start, end };
}
