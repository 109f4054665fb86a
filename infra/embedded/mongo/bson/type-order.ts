import { BsonType } from './value.js';

/**
 * The place of each type in the server's order of all values. The same numbers open every index key,
 * so 0 stays free for "nothing more follows".
 */
const ORDER: Readonly<Record<number, number>> = {
  [BsonType.minKey]: 1,
  [BsonType.undefined]: 2,
  [BsonType.null]: 7,
  [BsonType.int32]: 12,
  [BsonType.int64]: 12,
  [BsonType.double]: 12,
  [BsonType.decimal128]: 12,
  [BsonType.string]: 17,
  [BsonType.symbol]: 17,
  [BsonType.document]: 22,
  [BsonType.array]: 27,
  [BsonType.binary]: 32,
  [BsonType.objectId]: 37,
  [BsonType.boolean]: 42,
  [BsonType.date]: 47,
  [BsonType.timestamp]: 49,
  [BsonType.regex]: 52,
  [BsonType.dbPointer]: 57,
  [BsonType.javascript]: 62,
  [BsonType.javascriptWithScope]: 67,
  [BsonType.maxKey]: 129,
};

export const NULL_ORDER = 7;
export const UNDEFINED_ORDER = 2;
export const NUMBER_ORDER = 12;

export function typeOrder(type: number): number {
  return ORDER[type] ?? 0;
}
