import { fieldsOf, forEachElement, itemsOf } from '../bson/elements.js';
import { ArrayNode, documentNode, type DocumentNode, encodeNode, openDocument } from '../bson/node.js';
import { type PathSegment, pathSegments } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { compileFilter, type Matcher } from '../query/matcher.js';
import { changeAt, readAt } from './change-path.js';

export type ArrayFilters = ReadonlyMap<string, Matcher>;

/** Each array filter speaks of one identifier: the first part of its field names. */
export function parseArrayFilters(value: BsonValue | undefined): ArrayFilters {
  const filters = new Map<string, Matcher>();
  for (const filter of value?.isArray === true ? itemsOf(value) : []) {
    if (!filter.isDocument) throw new CommandError('TypeMismatch', 'an array filter must be an object');
    const identifier = identifierOf(filter);
    if (!/^[a-z][a-zA-Z0-9]*$/.test(identifier)) {
      throw new CommandError(
        'BadValue',
        `The top-level field name must be an alphanumeric string beginning with a lowercase letter, found '${identifier}'`,
      );
    }
    if (filters.has(identifier)) {
      throw new CommandError(
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${identifier}`,
      );
    }
    filters.set(identifier, compileFilter(filter));
  }
  return filters;
}

function identifierOf(filter: BsonValue): string {
  for (const [name, operand] of fieldsOf(filter)) {
    if (!name.startsWith('$')) return name.split('.')[0] ?? name;
    const [clause] = operand.isArray ? itemsOf(operand) : [];
    if (clause !== undefined) return identifierOf(clause);
  }
  throw new CommandError(
    'FailedToParse',
    'Cannot use an expression without a top-level field name in arrayFilters',
  );
}

const IDENTIFIER = /^\$\[([a-z][a-zA-Z0-9]*)?\]$/;

/** The identifiers a path names, to find filters nobody uses. */
export function identifiersIn(path: string): string[] {
  return path.split('.').flatMap((name) => IDENTIFIER.exec(name)?.[1] ?? []);
}

/** Replaces `$`, `$[]` and `$[identifier]` by the positions they stand for in this document. */
export function concretePaths(
  root: DocumentNode,
  path: string,
  filters: ArrayFilters,
  matched: (array: string) => number,
): (readonly PathSegment[])[] {
  if (!path.includes('$')) return [pathSegments(path)];
  let paths = [''];
  for (const name of path.split('.')) {
    paths = paths.flatMap((prefix) => {
      const join = (part: string | number): string => (prefix === '' ? String(part) : `${prefix}.${part}`);
      if (name === '$') return [join(matched(prefix))];
      const identifier = IDENTIFIER.exec(name);
      if (identifier === null) return [join(name)];
      return positionsIn(root, prefix, identifier[1], filters).map(join);
    });
  }
  return paths.map(pathSegments);
}

function positionsIn(
  root: DocumentNode,
  path: string,
  identifier: string | undefined,
  filters: ArrayFilters,
): number[] {
  const array = readAt(root, pathSegments(path));
  if (array?.type !== BsonType.array) {
    throw new CommandError(
      'BadValue',
      `The path '${path}' must exist in the document in order to apply array updates.`,
    );
  }
  const matcher = identifier === undefined ? undefined : filters.get(identifier);
  if (identifier !== undefined && matcher === undefined) {
    throw new CommandError(
      'BadValue',
      `No array filter found for identifier '${identifier}' in path '${path}'`,
    );
  }
  return itemsOf(array).flatMap((item, position) => {
    if (matcher === undefined || identifier === undefined) return [position];
    return matcher(BsonValue.document(encodeNode(documentNode([[identifier, item]])))) ? [position] : [];
  });
}

/** The position `$` stands for: the first item that alone would make the document match the filter. */
export function matchedPosition(document: BsonValue, filter: BsonValue, path: string): number {
  const root = openDocument(document);
  const segments = pathSegments(path);
  const array = readAt(root, segments);
  if (array?.type === BsonType.array && mentions(filter, path)) {
    const matcher = compileFilter(filter);
    for (const [position, item] of itemsOf(array).entries()) {
      changeAt(root, segments, false, () => new ArrayNode([item]));
      if (matcher(BsonValue.document(encodeNode(root)))) return position;
    }
  }
  throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.');
}

function mentions(filter: BsonValue, path: string): boolean {
  let found = false;
  forEachElement(filter, (name, operand) => {
    if (name === path || name.startsWith(`${path}.`)) found = true;
    else if (name.startsWith('$') && operand.isArray)
      found ||= itemsOf(operand).some((clause) => mentions(clause, path));
    return undefined;
  });
  return found;
}
