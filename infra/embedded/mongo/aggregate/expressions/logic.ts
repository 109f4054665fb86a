import { compareValues } from '../../bson/compare.js';
import { fieldsOf, itemsOf } from '../../bson/elements.js';
import { int32Value } from '../../bson/numbers.js';
import { BsonType, BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import {
  booleanValue,
  type Compiler,
  type Computation,
  isNothing,
  namedOperands,
  operandsOf,
  type OperatorCompiler,
  required,
} from './computation.js';
import { isTrue } from './truth.js';

/** The least of all values: what is missing sorts before null in expressions. */
const MISSING = new BsonValue(BsonType.undefined, Buffer.alloc(0), 0, 0);

function comparing(answer: (compared: number) => BsonValue): OperatorCompiler {
  return (name, operand, compiler) => {
    const [left, right] = operandsOf(name, operand, compiler, 2);
    return (scope) => answer(Math.sign(compareValues(left?.(scope) ?? MISSING, right?.(scope) ?? MISSING)));
  };
}

function conditional(name: string, operand: BsonValue, compiler: Compiler): Computation {
  if (operand.isDocument) {
    const fields = namedOperands(name, operand, ['if', 'then', 'else'], 17083);
    const condition = compiler.compile(required(name, fields, 'if', 17080));
    const then = compiler.compile(required(name, fields, 'then', 17081));
    const otherwise = compiler.compile(required(name, fields, 'else', 17082));
    return (scope) => (isTrue(condition(scope)) ? then(scope) : otherwise(scope));
  }
  const [condition, then, otherwise] = operandsOf(name, operand, compiler, 3);
  return (scope) => (isTrue(condition?.(scope)) ? then?.(scope) : otherwise?.(scope));
}

function switching(name: string, operand: BsonValue, compiler: Compiler): Computation {
  const fields = namedOperands(name, operand, ['branches', 'default'], 40067);
  const list = fields.get('branches');
  if (list?.isArray !== true) throw new CommandError(40061, '$switch expected an array for branches');
  const branches = itemsOf(list).map((branch) => {
    if (!branch.isDocument) throw new CommandError(40062, '$switch expected each branch to be an object');
    const parts = fieldsOf(branch);
    return {
      when: compiler.compile(required(name, parts, 'case', 40064)),
      then: compiler.compile(required(name, parts, 'then', 40065)),
    };
  });
  if (branches.length === 0) throw new CommandError(40068, '$switch requires at least one branch.');
  const fallback = fields.get('default');
  const otherwise = fallback === undefined ? undefined : compiler.compile(fallback);
  return (scope) => {
    const chosen = branches.find(({ when }) => isTrue(when(scope)));
    if (chosen !== undefined) return chosen.then(scope);
    if (otherwise === undefined) {
      throw new CommandError(
        40066,
        '$switch could not find a matching branch for an input, and no default was specified.',
      );
    }
    return otherwise(scope);
  };
}

export const LOGIC_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $eq: comparing((compared) => booleanValue(compared === 0)),
  $ne: comparing((compared) => booleanValue(compared !== 0)),
  $gt: comparing((compared) => booleanValue(compared > 0)),
  $gte: comparing((compared) => booleanValue(compared >= 0)),
  $lt: comparing((compared) => booleanValue(compared < 0)),
  $lte: comparing((compared) => booleanValue(compared <= 0)),
  $cmp: comparing((compared) => int32Value(compared)),
  $and: (name, operand, compiler) => {
    const parts = operandsOf(name, operand, compiler, 0, Infinity);
    return (scope) => booleanValue(parts.every((part) => isTrue(part(scope))));
  },
  $or: (name, operand, compiler) => {
    const parts = operandsOf(name, operand, compiler, 0, Infinity);
    return (scope) => booleanValue(parts.some((part) => isTrue(part(scope))));
  },
  $not: (name, operand, compiler) => {
    const [part] = operandsOf(name, operand, compiler, 1);
    return (scope) => booleanValue(!isTrue(part?.(scope)));
  },
  $ifNull: (name, operand, compiler) => {
    const parts = operandsOf(name, operand, compiler, 2, Infinity);
    return (scope) => {
      let value: BsonValue | undefined;
      for (const part of parts) {
        value = part(scope);
        if (!isNothing(value)) return value;
      }
      return value;
    };
  },
  $cond: conditional,
  $switch: switching,
};
