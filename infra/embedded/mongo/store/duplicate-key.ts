import { CommandError } from '../errors.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { deserialize, EJSON } from 'bson';
import { isNumeric } from '../bson/numbers.js';
import { encodeNode, documentNode } from '../bson/node.js';
import { type CollectionDefinition, type IndexDefinition, namespaceOf } from './index-definition.js';

/** A value as the server prints it in messages. */
function printed(value: BsonValue): string {
  switch (value.type) {
    case BsonType.string:
      return `"${value.text()}"`;
    case BsonType.objectId:
      return `ObjectId('${value.slice().toString('hex')}')`;
    case BsonType.null:
      return 'null';
    default:
  }
  const holder = deserialize(encodeNode(documentNode([['v', value]]))) as { v: unknown };
  if (holder.v instanceof Date) return `new Date(${holder.v.getTime()})`;
  return isNumeric(value.type) || value.type === BsonType.boolean
    ? EJSON.stringify(holder.v).replace(/^\{"\$\w+":"(.*)"\}$/, '$1')
    : EJSON.stringify(holder.v);
}

export function patternOf(index: IndexDefinition): Record<string, number> {
  return Object.fromEntries(index.fields.map(({ path, descending }) => [path, descending ? -1 : 1]));
}

/** The server's 11000, with the pattern and the value that collide. */
export function duplicateKey(
  collection: CollectionDefinition,
  index: IndexDefinition,
  values: readonly BsonValue[],
): CommandError {
  const shown = index.fields.map(({ path }, position) => {
    const value = values[position];
    return `${path}: ${value === undefined ? 'null' : printed(value)}`;
  });
  const fields = index.fields.map(({ path }, position) => [path, values[position]] as const);
  const keyValue = deserialize(
    encodeNode(
      documentNode(fields.flatMap(([path, value]) => (value === undefined ? [] : [[path, value] as const]))),
    ),
    { promoteValues: false },
  );
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespaceOf(collection)} index: ${index.name} dup key: { ${shown.join(', ')} }`,
    { keyPattern: patternOf(index), keyValue },
  );
}
