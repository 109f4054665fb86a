import { fieldsOf, forEachElement, isEmptyContainer, itemsOf } from '../bson/elements.js';
import { isNumeric, toPlainNumber } from '../bson/numbers.js';
import { pathSegments, visitPath } from '../bson/path.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { bitTest } from './bit-tests.js';
import {
  compareWith,
  equalOrPattern,
  equalTo,
  matchesPattern,
  oneOf,
  regexParts,
  typesNamed,
  type ValuePredicate,
} from './value-predicates.js';

const NOT_DONE = ['$geoWithin', '$geoIntersects', '$near', '$nearSphere', '$within'];

/** Tests a whole document. */
export type Matcher = (document: BsonValue) => boolean;

/** How a filter inside a filter is compiled; handed in, since filters are made of fields and fields of filters. */
export type CompileFilter = (filter: BsonValue) => Matcher;

/** An operator object such as `{ $gt: 1 }`; `{ a: 1 }` and `{}` are values to equal. */
export function isOperatorObject(value: BsonValue): boolean {
  if (!value.isDocument || value.end - value.start <= 5) return false;
  return value.bytes[value.start + 5] === 0x24 && !isReference(value);
}

/** `{ $ref, $id }` is a stored reference, a value like any other. */
function isReference(value: BsonValue): boolean {
  const [first] = fieldsOf(value).keys();
  return first === '$ref' || first === '$id' || first === '$db';
}

/** One field of a filter: all its conditions must hold, each for itself. */
export function compileField(path: string, operand: BsonValue, compile: CompileFilter): Matcher {
  const segments = pathSegments(path);
  const conditions = isOperatorObject(operand)
    ? compileConditions(operand, compile)
    : [reaching(equalOrPattern(operand))];
  const tests = conditions.map(
    (condition): Matcher =>
      (document) =>
        condition(({ through }) => visitPath(document, segments, through)),
  );
  const [first] = tests;
  if (first !== undefined && tests.length === 1) return first;
  return (document) => tests.every((test) => test(document));
}

/** How one question is put to a value alone, and to what a path reaches: there an array may answer by its items. */
interface Question {
  readonly alone: ValuePredicate;
  readonly through: ValuePredicate;
}

/** Holds or not, given who answers its questions: all that a path reaches, or a single item of an array. */
type Condition = (ask: (question: Question) => boolean) => boolean;

/** Most conditions hold for an array when they hold for it or for one of its items. */
function reaching(test: ValuePredicate): Condition {
  const question = {
    alone: test,
    through: (value: BsonValue | undefined) =>
      test(value) || (value?.type === BsonType.array && itemsOf(value).some(test)),
  };
  return (ask) => ask(question);
}

/** Others speak of the array itself. */
function asFound(test: ValuePredicate): Condition {
  const question = { alone: test, through: test };
  return (ask) => ask(question);
}

function not(condition: Condition): Condition {
  return (ask) => !condition(ask);
}

function compileConditions(operand: BsonValue, compile: CompileFilter): Condition[] {
  const operators = fieldsOf(operand);
  const conditions: Condition[] = [];
  for (const [name, value] of operators) {
    const condition = compileOperator(name, value, operators, compile);
    if (condition !== undefined) conditions.push(condition);
  }
  return conditions;
}

function compileOperator(
  name: string,
  operand: BsonValue,
  siblings: ReadonlyMap<string, BsonValue>,
  compile: CompileFilter,
): Condition | undefined {
  switch (name) {
    case '$eq':
      return reaching(equalTo(operand));
    case '$ne':
      if (operand.type === BsonType.regex)
        throw new CommandError('BadValue', "Can't have regex as arg to $ne.");
      return not(reaching(equalTo(operand)));
    case '$lt':
    case '$lte':
    case '$gt':
    case '$gte':
      if (operand.type === BsonType.regex) {
        throw new CommandError('BadValue', `Can't have RegEx as arg to predicate over field.`);
      }
      return reaching(compareWith(name, operand));
    case '$in':
      return reaching(oneOf(listOf(name, operand)));
    case '$nin':
      return not(reaching(oneOf(listOf(name, operand))));
    case '$exists':
      return isTrue(operand) ? asFound(isThere) : not(asFound(isThere));
    case '$type':
      return typeCondition(operand);
    case '$size':
      return sizeCondition(operand);
    case '$all':
      return allCondition(operand, compile);
    case '$elemMatch':
      return asFound(elementMatch(operand, compile));
    case '$not':
      return notCondition(operand, compile);
    case '$bitsAllSet':
    case '$bitsAnySet':
    case '$bitsAllClear':
    case '$bitsAnyClear':
      return reaching(bitTest(name, operand));
    case '$mod':
      return reaching(modulo(operand));
    case '$regex':
      return regexCondition(operand, siblings.get('$options'));
    case '$options':
      if (!siblings.has('$regex')) throw new CommandError('BadValue', '$options needs a $regex');
      return undefined;
    case '$comment':
      return undefined;
    default:
  }
  if (NOT_DONE.includes(name)) throw notImplemented(`The query operator ${name}`);
  throw new CommandError('BadValue', `unknown operator: ${name}`);
}

function isThere(value: BsonValue | undefined): boolean {
  return value !== undefined;
}

function isTrue(operand: BsonValue): boolean {
  if (operand.type === BsonType.boolean) return operand.boolean();
  if (isNumeric(operand.type)) return toPlainNumber(operand) !== 0;
  return !operand.isNullish;
}

function listOf(name: string, operand: BsonValue): BsonValue[] {
  if (!operand.isArray) throw new CommandError('BadValue', `${name} needs an array`);
  const items = itemsOf(operand);
  if (items.some(isOperatorObject)) throw new CommandError('BadValue', `cannot nest $ under ${name}`);
  return items;
}

function typeCondition(operand: BsonValue): Condition {
  const types = new Set(
    (operand.isArray ? itemsOf(operand) : [operand]).flatMap((item) => [...typesNamed(item)]),
  );
  return reaching((value) => value !== undefined && types.has(value.type));
}

function sizeCondition(operand: BsonValue): Condition {
  const size = toPlainNumber(operand);
  if (size === undefined || !Number.isInteger(size)) {
    throw new CommandError('BadValue', `Failed to parse $size. Expected an integer.`);
  }
  if (size < 0) throw new CommandError('BadValue', 'Failed to parse $size. Expected a non-negative number.');
  return asFound((value) => value?.type === BsonType.array && itemsOf(value).length === size);
}

function allCondition(operand: BsonValue, compile: CompileFilter): Condition {
  if (!operand.isArray) throw new CommandError('BadValue', '$all needs an array');
  const parts = itemsOf(operand).map((item): ValuePredicate => {
    if (!isOperatorObject(item)) {
      const test = equalOrPattern(item);
      return (value) => test(value) || (value?.type === BsonType.array && itemsOf(value).some(test));
    }
    const inner = fieldsOf(item).get('$elemMatch');
    if (inner === undefined) throw new CommandError('BadValue', 'no $ expressions in $all');
    return elementMatch(inner, compile);
  });
  if (parts.length === 0) return asFound(() => false);
  return asFound((value) => parts.every((part) => part(value)));
}

function elementMatch(operand: BsonValue, compile: CompileFilter): ValuePredicate {
  if (!operand.isDocument) throw new CommandError('BadValue', '$elemMatch needs an Object');
  if (isOperatorObject(operand) && !startsWithLogical(operand)) {
    const conditions = compileConditions(operand, compile);
    return (value) =>
      value?.type === BsonType.array &&
      itemsOf(value).some((item) => conditions.every((condition) => condition(({ alone }) => alone(item))));
  }
  const matches = compile(operand);
  return (value) =>
    value?.type === BsonType.array &&
    itemsOf(value).some((item) => (item.isDocument || item.isArray) && matches(item));
}

function startsWithLogical(operand: BsonValue): boolean {
  let logical = false;
  forEachElement(operand, (name) => {
    logical = name === '$and' || name === '$or' || name === '$nor' || name === '$expr';
    return false;
  });
  return logical;
}

function notCondition(operand: BsonValue, compile: CompileFilter): Condition {
  if (operand.type === BsonType.regex) {
    const { pattern, flags } = regexParts(operand);
    return not(reaching(matchesPattern(pattern, flags, operand)));
  }
  if (operand.isDocument && isEmptyContainer(operand))
    throw new CommandError('BadValue', '$not cannot be empty');
  if (!isOperatorObject(operand)) throw new CommandError('BadValue', '$not needs a regex or a document');
  const conditions = compileConditions(operand, compile);
  return (ask) => !conditions.every((condition) => condition(ask));
}

function modulo(operand: BsonValue): ValuePredicate {
  const [divisor, remainder, ...others] = operand.isArray ? itemsOf(operand).map(toPlainNumber) : [];
  if (divisor === undefined || remainder === undefined || others.length > 0) {
    throw new CommandError('BadValue', 'malformed mod, needs to be an array of two numbers');
  }
  const by = BigInt(Math.trunc(divisor));
  if (by === 0n) throw new CommandError('BadValue', 'divisor cannot be 0');
  const rest = BigInt(Math.trunc(remainder));
  return (value) => {
    if (value === undefined || !isNumeric(value.type)) return false;
    if (value.type === BsonType.int64) return value.bytes.readBigInt64LE(value.start) % by === rest;
    const number = toPlainNumber(value) ?? Number.NaN;
    return Number.isFinite(number) && BigInt(Math.trunc(number)) % by === rest;
  };
}

function regexCondition(operand: BsonValue, options: BsonValue | undefined): Condition {
  const flags = options?.type === BsonType.string ? options.text() : '';
  if (operand.type === BsonType.string) return reaching(matchesPattern(operand.text(), flags));
  if (operand.type !== BsonType.regex) throw new CommandError('BadValue', '$regex has to be a string');
  const parts = regexParts(operand);
  return reaching(matchesPattern(parts.pattern, flags === '' ? parts.flags : flags, operand));
}
