import { deserialize } from 'bson';
import { documentNode, encodeNode } from '../bson/node.js';
import { type BsonValue } from '../bson/value.js';

/** A value as the classes of `bson`, which serialize back to the same type. */
export function decodeValue(value: BsonValue): unknown {
  const holder = deserialize(encodeNode(documentNode([['v', value]])), {
    promoteValues: false,
    promoteLongs: false,
    promoteBuffers: false,
    bsonRegExp: true,
  });
  return (holder as { v: unknown }).v;
}
