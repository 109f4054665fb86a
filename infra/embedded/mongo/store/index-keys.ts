import { ByteWriter } from '../bson/byte-writer.js';
import { findField, itemsOf } from '../bson/elements.js';
import { writeOrderKey } from '../bson/order-key.js';
import { type PathSegment, pathSegments, visitPath } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { compileFilter, type Matcher } from '../query/matcher.js';
import { type IndexDefinition } from './index-definition.js';

/** LMDB's limit for pages of 4 KiB; a longer key is refused, never cut short. */
export const LONGEST_KEY = 1978;

export const NULL_VALUE = new BsonValue(BsonType.null, Buffer.alloc(0), 0, 0);
const UNDEFINED_VALUE = new BsonValue(BsonType.undefined, Buffer.alloc(0), 0, 0);

const writer = new ByteWriter(4096);

export function numberPrefix(number: number): Buffer {
  const prefix = Buffer.allocUnsafe(4);
  prefix.writeUInt32BE(number);
  return prefix;
}

/** The key of a document: its collection and its `_id`, so equal ids of any numeric type are one key. */
export function documentKey(collection: number, id: BsonValue): Buffer {
  writer.length = 0;
  writer.uint32BigEndian(collection);
  writeOrderKey(writer, id);
  if (writer.length > LONGEST_KEY) throw keyTooLong();
  return writer.take();
}

export function keyTooLong(): CommandError {
  return new CommandError('KeyTooLong', `key too large to index, the limit is ${LONGEST_KEY} bytes`);
}

export interface EntryKey {
  readonly key: Buffer;
  readonly values: readonly BsonValue[];
}

export interface DocumentKeys {
  readonly entries: readonly EntryKey[];
  readonly multikey: boolean;
}

const NO_KEYS: DocumentKeys = { entries: [], multikey: false };

const partialFilters = new WeakMap<IndexDefinition, Matcher>();

function covers(index: IndexDefinition, document: BsonValue): boolean {
  if (index.partialFilter === undefined) return true;
  let matcher = partialFilters.get(index);
  if (matcher === undefined) {
    matcher = compileFilter(BsonValue.document(Buffer.from(index.partialFilter, 'base64')));
    partialFilters.set(index, matcher);
  }
  return matcher(document);
}

/** Every key a document has in an index, each once: the number of the index, then its fields. */
export function indexKeysOf(index: IndexDefinition, document: BsonValue): DocumentKeys {
  if (!covers(index, document)) return NO_KEYS;
  const paths = index.fields.map(({ path }) => pathSegments(path));
  const single = singleValues(document, paths);
  if (single !== undefined) {
    if (index.sparse && single.every((value) => value === undefined)) return NO_KEYS;
    return { entries: [encodeEntry(index, single)], multikey: false };
  }
  const columns = paths.map((path) => valuesAt(document, path));
  if (index.sparse && columns.every((column) => column.every((value) => value === undefined))) return NO_KEYS;
  return { entries: combinations(index, document, columns), multikey: true };
}

/** The usual case: no array anywhere on the way. Undefined when there is one. */
function singleValues(
  document: BsonValue,
  paths: readonly (readonly PathSegment[])[],
): (BsonValue | undefined)[] | undefined {
  const values: (BsonValue | undefined)[] = [];
  for (const path of paths) {
    let current: BsonValue | undefined = document;
    for (const segment of path) {
      if (current.type === BsonType.array) return undefined;
      current = current.type === BsonType.document ? findField(current, segment.bytes) : undefined;
      if (current === undefined) break;
    }
    if (current?.type === BsonType.array) return undefined;
    values.push(current);
  }
  return values;
}

function valuesAt(document: BsonValue, path: readonly PathSegment[]): (BsonValue | undefined)[] {
  const values: (BsonValue | undefined)[] = [];
  visitPath(document, path, (value) => {
    if (value?.type !== BsonType.array) values.push(value);
    else {
      const items = itemsOf(value);
      if (items.length === 0) values.push(UNDEFINED_VALUE);
      values.push(...items);
    }
    return false;
  });
  return values.length === 0 ? [undefined] : values;
}

/** The first array a path meets, as the path that leads to it. */
function arrayOn(document: BsonValue, path: readonly PathSegment[]): string | undefined {
  let current: BsonValue | undefined = document;
  const names: string[] = [];
  for (const segment of path) {
    if (current?.type !== BsonType.document) break;
    current = findField(current, segment.bytes);
    names.push(segment.name);
    if (current?.type === BsonType.array) return names.join('.');
  }
  return undefined;
}

/**
 * Fields below the same array vary together, item by item; two different arrays in one compound index
 * would need every pair and are refused, as the server refuses them.
 */
function combinations(
  index: IndexDefinition,
  document: BsonValue,
  columns: readonly (readonly (BsonValue | undefined)[])[],
): EntryKey[] {
  const paths = index.fields.map(({ path }) => pathSegments(path));
  const arrays = new Set(paths.map((path) => arrayOn(document, path)).filter((path) => path !== undefined));
  const [arrayPath] = arrays;
  if (arrays.size > 1) {
    throw new CommandError(
      'CannotIndexParallelArrays',
      `cannot index parallel arrays ${[...arrays].join(' and ')}`,
    );
  }
  const rows: (BsonValue | undefined)[][] = [];
  const array = arrayPath === undefined ? undefined : arrayAt(document, arrayPath);
  if (columns.filter((column) => column.length > 1).length <= 1 || array === undefined) {
    expand(columns, 0, [], rows);
  } else {
    for (const item of itemsOf(array)) {
      const perItem = paths.map((path, position) => {
        const depth = (arrayPath ?? '').split('.').length;
        const below = arrayOn(document, path) === arrayPath;
        if (!below) return columns[position] ?? [undefined];
        const rest = path.slice(depth);
        if (rest.length === 0) return [item];
        return item.type === BsonType.document ? valuesAt(item, rest) : [undefined];
      });
      expand(perItem, 0, [], rows);
    }
  }
  const unique = new Map<string, EntryKey>();
  for (const row of rows) {
    const entry = encodeEntry(index, row);
    unique.set(entry.key.toString('latin1'), entry);
  }
  return [...unique.values()];
}

function arrayAt(document: BsonValue, path: string): BsonValue | undefined {
  let current: BsonValue | undefined = document;
  for (const segment of pathSegments(path)) {
    current = current === undefined ? undefined : findField(current, segment.bytes);
  }
  return current;
}

function expand(
  columns: readonly (readonly (BsonValue | undefined)[])[],
  at: number,
  row: readonly (BsonValue | undefined)[],
  rows: (BsonValue | undefined)[][],
): void {
  const column = columns[at];
  if (column === undefined) {
    rows.push([...row]);
    return;
  }
  for (const value of column) expand(columns, at + 1, [...row, value], rows);
}

function encodeEntry(index: IndexDefinition, row: readonly (BsonValue | undefined)[]): EntryKey {
  writer.length = 0;
  writer.uint32BigEndian(index.number);
  const values = row.map((value) => value ?? NULL_VALUE);
  for (const [position, value] of values.entries()) {
    const from = writer.length;
    writeOrderKey(writer, value);
    if (index.fields[position]?.descending === true) writer.complement(from);
  }
  if (writer.length > LONGEST_KEY) throw keyTooLong();
  return { key: writer.take(), values };
}
