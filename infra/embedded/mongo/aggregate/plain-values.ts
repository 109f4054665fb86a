import { Decimal128, Double, Int32, Long, ObjectId } from 'bson';
import { forEachElement, itemsOf } from '../bson/elements.js';
import { readNumber } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { notImplemented } from '../errors.js';
import { typeName } from '../query/value-predicates.js';

/**
 * A value as mingo computes with it. What JavaScript cannot hold exactly (a Long beyond 2^53, a Decimal128)
 * and what mingo compares by its text is refused: a computed field must not be quietly wrong.
 */
export function toPlain(value: BsonValue): unknown {
  switch (value.type) {
    case BsonType.string:
    case BsonType.symbol:
      return value.text();
    case BsonType.int32:
    case BsonType.double:
    case BsonType.int64: {
      const number = readNumber(value);
      if (typeof number === 'number') return number;
      throw notImplemented('An expression over a long beyond 2^53');
    }
    case BsonType.boolean:
      return value.boolean();
    case BsonType.null:
      return null;
    case BsonType.undefined:
      return undefined;
    case BsonType.date:
      return new Date(Number(value.bytes.readBigInt64LE(value.start)));
    case BsonType.objectId:
      return new ObjectId(value.slice());
    case BsonType.array:
      return itemsOf(value).map(toPlain);
    case BsonType.document: {
      const plain: Record<string, unknown> = {};
      forEachElement(value, (name, field) => {
        plain[name] = toPlain(field);
        return undefined;
      });
      return plain;
    }
    default:
      throw notImplemented(`An expression over a value of type ${typeName(value.type)}`);
  }
}

/** A computed value; undefined stays "missing". Whole numbers become ints or longs, others doubles. */
export function fromPlain(value: unknown): BsonValue | undefined {
  return value === undefined ? undefined : BsonValue.from(typed(value));
}

function typed(value: unknown): unknown {
  if (typeof value === 'number') return typedNumber(value);
  if (Array.isArray(value)) return value.map(typed);
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date || value instanceof ObjectId || value instanceof Decimal128) return value;
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(entries.map(([name, field]) => [name, typed(field)]));
}

function typedNumber(value: number): unknown {
  if (!Number.isSafeInteger(value) || Object.is(value, -0)) return new Double(value);
  return value === (value | 0) ? new Int32(value) : Long.fromNumber(value);
}
