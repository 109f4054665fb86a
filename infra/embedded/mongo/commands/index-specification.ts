import { fieldsOf, forEachElement, isEmptyContainer } from '../bson/elements.js';
import { toPlainNumber } from '../bson/numbers.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileFilter } from '../query/matcher.js';
import { type SortField } from '../query/sort-order.js';
import { type IndexDefinition } from '../store/index-definition.js';
import { CommandArguments } from './arguments.js';
import { checkCollation } from './concerns.js';

const KNOWN = [
  'key',
  'name',
  'unique',
  'sparse',
  'background',
  'v',
  'ns',
  'partialFilterExpression',
  'expireAfterSeconds',
  'collation',
  'hidden',
];
const LONGEST_PATTERN = 32;

/** Reads one index specification of `createIndexes`; the number is given when it is created. */
export function parseIndex(value: BsonValue): IndexDefinition {
  if (!value.isDocument)
    throw new CommandError('TypeMismatch', 'The elements of the indexes array must be objects');
  const args = new CommandArguments('createIndexes.indexes', fieldsOf(value));
  for (const name of fieldsOf(value).keys()) {
    if (!KNOWN.includes(name)) {
      throw new CommandError(
        'InvalidIndexSpecificationOption',
        `The field '${name}' is not valid for an index specification`,
      );
    }
  }
  if (args.boolean('hidden')) throw notImplemented('A hidden index');
  if (args.has('expireAfterSeconds')) throw notImplemented('An index that lets documents expire');
  checkCollation(args.document('collation'));
  const pattern = args.document('key');
  if (pattern === undefined || isEmptyContainer(pattern)) {
    throw new CommandError('CannotCreateIndex', 'Index keys cannot be an empty object.');
  }
  const partial = args.document('partialFilterExpression');
  if (partial !== undefined) {
    if (args.boolean('sparse'))
      throw new CommandError(
        'CannotCreateIndex',
        'cannot mix "partialFilterExpression" and "sparse" options',
      );
    compileFilter(partial);
  }
  return {
    number: -1,
    name: args.string('name'),
    fields: parsePattern(pattern),
    unique: args.boolean('unique'),
    sparse: args.boolean('sparse'),
    multikey: false,
    ...(partial === undefined ? {} : { partialFilter: partial.slice().toString('base64') }),
  };
}

function parsePattern(pattern: BsonValue): SortField[] {
  const fields: SortField[] = [];
  forEachElement(pattern, (path, direction) => {
    if (direction.type === BsonType.string) throw notImplemented(`An index of type ${direction.text()}`);
    const number = toPlainNumber(direction);
    if (number === undefined || number === 0 || Number.isNaN(number)) {
      throw new CommandError(
        'CannotCreateIndex',
        'Values in v:2 index key pattern must be numbers above or below 0.',
      );
    }
    if (path === '$**' || path.endsWith('.$**')) throw notImplemented('A wildcard index');
    if (path === '' || path.split('.').includes(''))
      throw new CommandError('CannotCreateIndex', 'Index keys cannot contain an empty field.');
    if (path.split('.').some((name) => name.startsWith('$'))) {
      throw new CommandError(
        'CannotCreateIndex',
        `Index key contains an illegal field name: field name starts with '$'.`,
      );
    }
    fields.push({ path, descending: number < 0 });
    return undefined;
  });
  if (fields.length > LONGEST_PATTERN)
    throw new CommandError('CannotCreateIndex', 'too many fields in an index');
  return fields;
}

export function sameOptions(left: IndexDefinition, right: IndexDefinition): boolean {
  return (
    left.unique === right.unique && left.sparse === right.sparse && left.partialFilter === right.partialFilter
  );
}

/** Of the same keys there may be one index for each partial filter, and a sparse one beside one that is not. */
export function cannotCoexist(left: IndexDefinition, right: IndexDefinition): boolean {
  return left.partialFilter === right.partialFilter && left.sparse === right.sparse;
}
