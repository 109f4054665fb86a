import { compareValues, equalValues } from '../bson/compare.js';
import { fieldsOf, itemsOf } from '../bson/elements.js';
import { ArrayNode, type BsonNode, closeNode, openNode } from '../bson/node.js';
import { toPlainNumber } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { isOperatorObject } from '../query/field-operators.js';
import { compileFilter, compileItemTest } from '../query/matcher.js';
import { parseSort, sortKeyMaker } from '../query/sort-order.js';
import { typeName } from '../query/value-predicates.js';
import { type Change } from './change-path.js';

function arrayOf(operator: string, path: string, current: BsonNode): ArrayNode {
  const opened = openNode(current);
  if (opened instanceof ArrayNode) return opened;
  const type = opened instanceof BsonValue ? typeName(opened.type) : 'object';
  throw new CommandError(
    'BadValue',
    `The field '${path}' must be an array but is of type ${type} (${operator})`,
  );
}

/** `{ $each: […] }` or one value. */
function eachOf(operand: BsonValue): {
  readonly items: BsonValue[];
  readonly modifiers: ReadonlyMap<string, BsonValue>;
} {
  const modifiers = isOperatorObject(operand) ? fieldsOf(operand) : new Map<string, BsonValue>();
  const each = modifiers.get('$each');
  if (each === undefined) return { items: [operand], modifiers: new Map() };
  if (!each.isArray) throw new CommandError('BadValue', 'The argument to $each must be an array');
  return { items: itemsOf(each), modifiers };
}

function wholeNumber(name: string, value: BsonValue): number {
  const number = toPlainNumber(value);
  if (number === undefined || !Number.isInteger(number)) {
    throw new CommandError('BadValue', `The value for ${name} must be an integer value`);
  }
  return number;
}

const PUSH_MODIFIERS = ['$each', '$position', '$slice', '$sort'];

export function push(path: string, operand: BsonValue): Change {
  const { items, modifiers } = eachOf(operand);
  for (const name of modifiers.keys()) {
    if (!PUSH_MODIFIERS.includes(name))
      throw new CommandError('BadValue', `Unrecognized clause in $push: ${name}`);
  }
  const position = modifiers.get('$position');
  const slice = modifiers.get('$slice');
  const sort = modifiers.get('$sort');
  const at = position === undefined ? undefined : wholeNumber('$position', position);
  const keep = slice === undefined ? undefined : wholeNumber('$slice', slice);
  const order = sort === undefined ? undefined : arrayOrder(sort);
  return (current) => {
    const array = current === undefined ? new ArrayNode() : arrayOf('$push', path, current);
    array.items.splice(at ?? array.items.length, 0, ...items);
    let result = array.items;
    if (order !== undefined) result = result.map(closeNode).sort(order);
    if (keep !== undefined) result = keep >= 0 ? result.slice(0, keep) : result.slice(keep);
    return new ArrayNode([...result]);
  };
}

function arrayOrder(sort: BsonValue): (left: BsonValue, right: BsonValue) => number {
  const direction = toPlainNumber(sort);
  if (direction !== undefined) {
    if (direction !== 1 && direction !== -1)
      throw new CommandError('BadValue', 'The $sort element value must be either 1 or -1');
    return (left, right) => compareValues(left, right) * direction;
  }
  const key = sortKeyMaker(parseSort(sort));
  const keyOf = (value: BsonValue): Buffer => key(value.isDocument ? value : BsonValue.from({}));
  return (left, right) => keyOf(left).compare(keyOf(right));
}

export function addToSet(path: string, operand: BsonValue): Change {
  const { items, modifiers } = eachOf(operand);
  if (modifiers.size > 1)
    throw new CommandError('BadValue', 'Found unexpected fields after $each in $addToSet');
  return (current) => {
    const array = current === undefined ? new ArrayNode() : arrayOf('$addToSet', path, current);
    const present = array.items.map(closeNode);
    const fresh: BsonValue[] = [];
    for (const item of items) {
      if (![...present, ...fresh].some((other) => equalValues(other, item))) fresh.push(item);
    }
    if (fresh.length === 0 && current !== undefined) return 'keep';
    return new ArrayNode([...array.items, ...fresh]);
  };
}

export function pop(path: string, operand: BsonValue): Change {
  const end = toPlainNumber(operand);
  if (end !== 1 && end !== -1) throw new CommandError('FailedToParse', '$pop expects 1 or -1');
  return (current) => {
    if (current === undefined) return 'keep';
    const opened = openNode(current);
    if (!(opened instanceof ArrayNode))
      throw new CommandError('TypeMismatch', `Path '${path}' contains an element of non-array type`);
    const { items } = opened;
    return new ArrayNode(end === 1 ? items.slice(0, -1) : items.slice(1));
  };
}

export function pullAll(path: string, operand: BsonValue): Change {
  if (!operand.isArray) throw new CommandError('BadValue', '$pullAll requires an array argument');
  const unwanted = itemsOf(operand);
  return filterArray('$pullAll', path, (item) => unwanted.some((other) => equalValues(item, other)));
}

/** A condition on the items themselves, a filter for items that are documents, or a value to equal. */
export function pull(path: string, operand: BsonValue): Change {
  if (operand.isDocument && !isOperatorObject(operand)) {
    const matches = compileFilter(operand);
    return filterArray('$pull', path, (item) => item.isDocument && matches(item));
  }
  if (isOperatorObject(operand) || operand.type === BsonType.regex) {
    return filterArray('$pull', path, compileItemTest(operand));
  }
  return filterArray('$pull', path, (item) => equalValues(item, operand));
}

function filterArray(operator: string, path: string, unwanted: (item: BsonValue) => boolean): Change {
  return (current) => {
    if (current === undefined) return 'keep';
    const { items } = arrayOf(operator, path, current);
    const kept = items.filter((item) => !unwanted(closeNode(item)));
    return kept.length === items.length ? 'keep' : new ArrayNode(kept);
  };
}
