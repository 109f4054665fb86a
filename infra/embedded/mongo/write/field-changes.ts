import { Timestamp } from 'bson';
import { compareValues } from '../bson/compare.js';
import { fieldsOf } from '../bson/elements.js';
import { type BsonNode, closeNode } from '../bson/node.js';
import { int32Value, int64Value, isNumeric } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { typeName } from '../query/value-predicates.js';
import { type Arithmetic, calculate, toInteger } from './arithmetic.js';
import { addToSet, pop, pull, pullAll, push } from './array-operators.js';
import { type Change } from './change-path.js';

type ChangeMaker = (path: string, operand: BsonValue) => Change;

function arithmetic(kind: Arithmetic, operator: string): ChangeMaker {
  return (path, operand) => {
    if (!isNumeric(operand.type)) {
      throw new CommandError(
        'TypeMismatch',
        `Cannot ${operator === '$inc' ? 'increment' : 'multiply'} with non-numeric argument: {${path}}`,
      );
    }
    return (current) => {
      if (current === undefined) {
        return kind === 'add' ? operand : calculate('multiply', operand, int32Value(0));
      }
      if (!(current instanceof BsonValue) || !isNumeric(current.type)) {
        const type = current instanceof BsonValue ? typeName(current.type) : 'object';
        throw new CommandError(
          'TypeMismatch',
          `Cannot apply ${operator} to a value of non-numeric type. The field '${path}' is of type ${type}`,
        );
      }
      return calculate(kind, current, operand);
    };
  };
}

function keepSmallest(sign: 1 | -1): ChangeMaker {
  return (_path, operand) => (current) => {
    if (current === undefined) return operand;
    return compareValues(operand, closeNode(current)) * sign < 0 ? operand : 'keep';
  };
}

function currentDate(_path: string, operand: BsonValue): Change {
  if (!operand.isDocument && operand.type !== BsonType.boolean)
    throw new CommandError(
      'BadValue',
      `${typeName(operand.type)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression`,
    );
  const type = operand.isDocument ? fieldsOf(operand).get('$type') : BsonValue.from('date');
  const wanted = type?.type === BsonType.string ? type.text() : '';
  if (wanted === 'date') return () => BsonValue.from(new Date());
  if (wanted === 'timestamp')
    return () => BsonValue.from(new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 }));
  throw new CommandError('BadValue', "The '$type' string field is required to be 'date' or 'timestamp'");
}

function bitwise(path: string, operand: BsonValue): Change {
  const operations = operand.isDocument ? [...fieldsOf(operand)] : [];
  if (operations.length === 0) throw new CommandError('BadValue', 'The $bit modifier needs and, or or xor');
  return (current) => {
    let value = current === undefined ? int32Value(0) : asInteger(path, current);
    for (const [name, argument] of operations) {
      const wide = value.type === BsonType.int64 || argument.type === BsonType.int64;
      const result = combineBits(name, toInteger(value), toInteger(asInteger(path, argument)));
      value = wide ? int64Value(BigInt.asIntN(64, result)) : int32Value(Number(BigInt.asIntN(32, result)));
    }
    return value;
  };
}

function asInteger(path: string, node: BsonNode): BsonValue {
  if (node instanceof BsonValue && (node.type === BsonType.int32 || node.type === BsonType.int64))
    return node;
  throw new CommandError('BadValue', `Cannot apply $bit to a value of non-integral type at '${path}'`);
}

function combineBits(name: string, left: bigint, right: bigint): bigint {
  if (name === 'and') return left & right;
  if (name === 'or') return left | right;
  if (name === 'xor') return left ^ right;
  throw new CommandError('BadValue', `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}'`);
}

/** Every update operator that works on one field; $rename is taken apart into two of them. */
export const FIELD_CHANGES: Readonly<Record<string, ChangeMaker>> = {
  $set: (_path, operand) => () => operand,
  $setOnInsert: (_path, operand) => () => operand,
  $unset: () => () => 'remove',
  $inc: arithmetic('add', '$inc'),
  $mul: arithmetic('multiply', '$mul'),
  $min: keepSmallest(1),
  $max: keepSmallest(-1),
  $currentDate: currentDate,
  $bit: bitwise,
  $push: push,
  $addToSet: addToSet,
  $pop: pop,
  $pull: pull,
  $pullAll: pullAll,
};

/** Operators that never make a path that is not there. */
export const CREATES_NOTHING: ReadonlySet<string> = new Set(['$unset', '$pop', '$pull', '$pullAll']);
