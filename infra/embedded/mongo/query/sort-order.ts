import { ByteWriter } from '../bson/byte-writer.js';
import { forEachElement, itemsOf } from '../bson/elements.js';
import { toPlainNumber } from '../bson/numbers.js';
import { writeOrderKey } from '../bson/order-key.js';
import { type PathSegment, pathSegments, visitPath } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';

export interface SortField {
  readonly path: string;
  readonly descending: boolean;
}

export function parseSort(value: BsonValue | undefined): SortField[] {
  const fields: SortField[] = [];
  if (value === undefined || value.isNullish) return fields;
  if (!value.isDocument) throw new CommandError('TypeMismatch', 'Expected field sort to be of type object');
  forEachElement(value, (path, direction) => {
    if (direction.isDocument) throw notImplemented('Sorting by $meta');
    const number = toPlainNumber(direction);
    if (number === undefined) throw new CommandError(15974, `Illegal key in $sort specification: ${path}`);
    if (number !== 1 && number !== -1)
      throw new CommandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    if (path === '') throw new CommandError('BadValue', 'FieldPath cannot be constructed with empty string');
    if (path.startsWith('$') && path !== '$natural') {
      throw new CommandError('BadValue', `FieldPath field names may not start with '$': ${path}`);
    }
    fields.push({ path, descending: number === -1 });
    return undefined;
  });
  if (fields.length > 32) throw new CommandError('BadValue', 'too many sort keys');
  return fields;
}

const NULL_VALUE = new BsonValue(BsonType.null, Buffer.alloc(0), 0, 0);
/** An empty array sorts before null. */
const EMPTY_ARRAY = new BsonValue(BsonType.undefined, Buffer.alloc(0), 0, 0);

function writeFieldKey(document: BsonValue, segments: readonly PathSegment[], descending: boolean): Buffer {
  const candidates: Buffer[] = [];
  const writer = new ByteWriter(64);
  const add = (value: BsonValue): void => {
    writer.length = 0;
    writeOrderKey(writer, value);
    if (descending) writer.complement(0);
    candidates.push(writer.take());
  };
  visitPath(document, segments, (value) => {
    if (value === undefined) add(NULL_VALUE);
    else if (value.type === BsonType.array) {
      const items = itemsOf(value);
      if (items.length === 0) add(EMPTY_ARRAY);
      for (const item of items) add(item);
    } else add(value);
    return false;
  });
  if (candidates.length === 0) add(NULL_VALUE);
  // The smallest item of an array counts upwards, the largest downwards: both are the smallest key.
  return candidates.reduce((least, key) => (key.compare(least) < 0 ? key : least));
}

/** Bytes that order documents as the sort asks. */
export function sortKeyMaker(fields: readonly SortField[]): (document: BsonValue) => Buffer {
  const paths = fields.map(({ path, descending }) => ({ segments: pathSegments(path), descending }));
  return (document) =>
    Buffer.concat(paths.map(({ segments, descending }) => writeFieldKey(document, segments, descending)));
}
