import { fieldsOf, forEachElement, idOf } from '../bson/elements.js';
import { compareValues } from '../bson/compare.js';
import { type BsonNode, DocumentNode, encodeNode, openDocument } from '../bson/node.js';
import { type PathSegment, pathSegments } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { compilePipelineUpdate } from '../aggregate/pipeline-update.js';
import { changeAt, type Change, readAt } from './change-path.js';
import { CREATES_NOTHING, FIELD_CHANGES } from './field-changes.js';
import {
  type ArrayFilters,
  concretePaths,
  identifiersIn,
  matchedPosition,
  parseArrayFilters,
} from './positions.js';

export interface UpdateContext {
  /** The filter that chose the document, for the positional `$`. */
  readonly filter: BsonValue | undefined;
  readonly inserting: boolean;
}

/** Turns one document into what it becomes; the `_id` is kept or the update refused. */
export interface Update {
  readonly kind: 'replacement' | 'operators' | 'pipeline';
  apply(document: Buffer, context: UpdateContext): Buffer;
}

interface FieldChange {
  readonly path: string;
  readonly operator: string;
  readonly change: Change;
  readonly renameTo?: string;
}

export function compileUpdate(
  update: BsonValue,
  arrayFilters: BsonValue | undefined,
  constants?: BsonValue,
): Update {
  if (update.isArray) {
    if (arrayFilters !== undefined)
      throw new CommandError('FailedToParse', 'arrayFilters may not be specified for pipeline-style updates');
    const apply = compilePipelineUpdate(update, constants);
    return { kind: 'pipeline', apply: (document) => keepingId(document, apply(document)) };
  }
  if (!update.isDocument)
    throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  const [firstName] = fieldsOf(update).keys();
  if (firstName?.startsWith('$') !== true) return replacementUpdate(update);
  return operatorUpdate(update, parseArrayFilters(arrayFilters));
}

function replacementUpdate(update: BsonValue): Update {
  forEachElement(update, (name) => {
    if (name.startsWith('$')) {
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document.`,
      );
    }
    return undefined;
  });
  return { kind: 'replacement', apply: (document) => keepingId(document, update.slice()) };
}

/** Puts the `_id` first and makes sure it is the one the document has. */
function keepingId(before: Buffer, after: Buffer): Buffer {
  const id = idOf(BsonValue.document(before));
  const node = openDocument(BsonValue.document(after));
  const given = idOf(BsonValue.document(after));
  if (id !== undefined && given !== undefined && compareValues(id, given) !== 0) throw immutableId();
  const first = id ?? given;
  if (first === undefined) return after;
  const result = new DocumentNode();
  result.fields.set('_id', first);
  for (const [name, field] of node.fields) if (name !== '_id') result.fields.set(name, field);
  return encodeNode(result);
}

function immutableId(): CommandError {
  return new CommandError(
    'ImmutableField',
    "Performing an update on the path '_id' would modify the immutable field '_id'",
  );
}

function operatorUpdate(update: BsonValue, filters: ArrayFilters): Update {
  const changes = parseOperators(update);
  const used = new Set(changes.flatMap(({ path }) => identifiersIn(path)));
  for (const identifier of filters.keys()) {
    if (!used.has(identifier)) {
      throw new CommandError(
        'FailedToParse',
        `The array filter for identifier '${identifier}' was not used in the update`,
      );
    }
  }
  return {
    kind: 'operators',
    apply: (document, context) => {
      const before = BsonValue.document(document);
      const root = openDocument(before);
      const matched = (path: string): number => {
        if (context.filter === undefined)
          throw new CommandError('BadValue', 'The positional operator needs a filter');
        return matchedPosition(before, context.filter, path);
      };
      for (const change of changes) {
        if (change.operator === '$setOnInsert' && !context.inserting) continue;
        applyChange(root, change, concretePaths(root, change.path, filters, matched));
      }
      const after = encodeNode(root);
      const oldId = idOf(before);
      const newId = idOf(BsonValue.document(after));
      if (oldId !== undefined && (newId === undefined || compareValues(oldId, newId) !== 0))
        throw immutableId();
      return after;
    },
  };
}

function applyChange(
  root: DocumentNode,
  change: FieldChange,
  paths: readonly (readonly PathSegment[])[],
): void {
  const create = !CREATES_NOTHING.has(change.operator);
  for (const segments of paths) {
    if (change.renameTo !== undefined) {
      rename(root, segments, change.renameTo);
      continue;
    }
    changeAt(root, segments, create, change.change);
  }
}

function rename(root: DocumentNode, from: readonly PathSegment[], to: string): void {
  const value = readAt(root, from);
  if (value === undefined) return;
  refuseInArray(root, from, 'source field');
  refuseInArray(root, pathSegments(to), 'destination field');
  changeAt(root, from, false, () => 'remove');
  changeAt(root, pathSegments(to), true, (): BsonNode => value);
}

/** Items of arrays cannot be renamed: the others would change their places. */
function refuseInArray(root: DocumentNode, path: readonly PathSegment[], what: string): void {
  for (let depth = 1; depth < path.length; depth += 1) {
    if (readAt(root, path.slice(0, depth))?.isArray === true)
      throw new CommandError(
        'BadValue',
        `The ${what} cannot be an array element, '${path.map(({ name }) => name).join('.')}'`,
      );
  }
}

/** All fields an update names, in the order in which the server creates new ones: by path. */
function parseOperators(update: BsonValue): FieldChange[] {
  const changes: FieldChange[] = [];
  forEachElement(update, (operator, fields) => {
    const make = FIELD_CHANGES[operator];
    if (make === undefined && operator !== '$rename') {
      throw new CommandError(
        'FailedToParse',
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!fields.isDocument) {
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found another type of value for ${operator}`,
      );
    }
    forEachElement(fields, (path, operand) => {
      checkPath(path);
      if (make !== undefined) changes.push({ path, operator, change: make(path, operand) });
      else changes.push(renameChange(path, operand));
      return undefined;
    });
    return undefined;
  });
  checkConflicts(
    changes.flatMap(({ path, renameTo }) => (renameTo === undefined ? [path] : [path, renameTo])),
  );
  return changes.sort((left, right) => comparePaths(left.path, right.path));
}

function renameChange(path: string, operand: BsonValue): FieldChange {
  if (operand.type !== BsonType.string)
    throw new CommandError('BadValue', 'The $rename target must be a string');
  const target = operand.text();
  checkPath(target);
  if (target === path)
    throw new CommandError('BadValue', `The source and target field for $rename must differ: ${path}`);
  if (`${path}.${target}`.includes('$'))
    throw new CommandError('BadValue', 'The $rename field may not be dynamic');
  return { path, operator: '$rename', change: () => 'keep', renameTo: target };
}

function checkPath(path: string): void {
  if (path === '' || path.split('.').includes('')) {
    throw new CommandError(
      'EmptyFieldName',
      `The update path '${path}' contains an empty field name, which is not allowed.`,
    );
  }
  const [first = ''] = path.split('.');
  if (first.startsWith('$')) {
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${first}' in '${path}' is not valid for storage.`,
    );
  }
}

function comparePaths(left: string, right: string): number {
  const a = pathSegments(left);
  const b = pathSegments(right);
  for (const [depth, segment] of a.entries()) {
    const other = b[depth];
    if (other === undefined) return 1;
    if (segment.name === other.name) continue;
    if (segment.position >= 0 && other.position >= 0) return segment.position - other.position;
    return segment.bytes.compare(other.bytes);
  }
  return a.length - b.length;
}

function checkConflicts(paths: readonly string[]): void {
  const sorted = [...paths].sort(comparePaths);
  for (const [position, path] of sorted.entries()) {
    const next = sorted[position + 1];
    if (next !== undefined && (next === path || next.startsWith(`${path}.`))) {
      throw new CommandError(
        'ConflictingUpdateOperators',
        `Updating the path '${next}' would create a conflict at '${path}'`,
      );
    }
  }
}
