import { compareValues, identityOf } from '../bson/compare.js';
import { isEmptyContainer } from '../bson/elements.js';
import { ArrayNode, type BsonNode, closeNode } from '../bson/node.js';
import { doubleValue, int32Value, isNumeric, toPlainNumber } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { calculate } from '../write/arithmetic.js';
import { compileExpression } from './expression.js';

/** Gathers one field of one group. */
export interface Accumulator {
  add(document: BsonValue): void;
  result(): BsonNode;
}

export type AccumulatorMaker = () => Accumulator;

const NULL_VALUE = BsonValue.from(null);
const REFUSED = [
  '$accumulator',
  '$bottom',
  '$bottomN',
  '$firstN',
  '$lastN',
  '$maxN',
  '$median',
  '$mergeObjects',
  '$minN',
  '$percentile',
  '$stdDevPop',
  '$stdDevSamp',
  '$top',
  '$topN',
];

type Gather = (compute: (document: BsonValue) => BsonValue | undefined) => Accumulator;

/** As the server adds: exact while it fits a long, a double beyond. */
function plus(left: BsonValue, right: BsonValue): BsonValue {
  try {
    return calculate('add', left, right);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return doubleValue((toPlainNumber(left) ?? 0) + (toPlainNumber(right) ?? 0));
  }
}

const sum: Gather = (compute) => {
  let total = int32Value(0);
  return {
    add: (document) => {
      const value = compute(document);
      if (value !== undefined && isNumeric(value.type)) total = plus(total, value);
    },
    result: () => total,
  };
};

const average: Gather = (compute) => {
  let total = int32Value(0);
  let count = 0;
  return {
    add: (document) => {
      const value = compute(document);
      if (value === undefined || !isNumeric(value.type)) return;
      if (value.type === BsonType.decimal128) throw notImplemented('$avg of decimals');
      total = plus(total, value);
      count += 1;
    },
    result: () => (count === 0 ? NULL_VALUE : doubleValue((toPlainNumber(total) ?? 0) / count)),
  };
};

function extreme(sign: 1 | -1): Gather {
  return (compute) => {
    let best: BsonValue | undefined;
    return {
      add: (document) => {
        const value = compute(document);
        if (value === undefined || value.isNullish) return;
        if (best === undefined || compareValues(value, best) * sign < 0) best = value;
      },
      result: () => best ?? NULL_VALUE,
    };
  };
}

const first: Gather = (compute) => {
  let found: BsonValue | undefined;
  return {
    add: (document) => {
      found ??= compute(document) ?? NULL_VALUE;
    },
    result: () => found ?? NULL_VALUE,
  };
};

const last: Gather = (compute) => {
  let found = NULL_VALUE;
  return {
    add: (document) => {
      found = compute(document) ?? NULL_VALUE;
    },
    result: () => found,
  };
};

const push: Gather = (compute) => {
  const items: BsonValue[] = [];
  return {
    add: (document) => {
      const value = compute(document);
      if (value !== undefined) items.push(value);
    },
    result: () => new ArrayNode(items),
  };
};

const addToSet: Gather = (compute) => {
  const items = new Map<string, BsonValue>();
  return {
    add: (document) => {
      const value = compute(document);
      if (value !== undefined) items.set(identityOf(value), value);
    },
    result: () => new ArrayNode([...items.values()]),
  };
};

const GATHERERS: Readonly<Record<string, Gather>> = {
  $sum: sum,
  $avg: average,
  $min: extreme(1),
  $max: extreme(-1),
  $first: first,
  $last: last,
  $push: push,
  $addToSet: addToSet,
};

export function compileAccumulator(operator: string, operand: BsonValue): AccumulatorMaker {
  if (operator === '$count') {
    if (!operand.isDocument || !isEmptyContainer(operand)) {
      throw new CommandError('TypeMismatch', '$count takes no arguments, i.e. $count:{}');
    }
    return () => sum(() => int32Value(1));
  }
  const gather = GATHERERS[operator];
  if (gather === undefined) {
    if (REFUSED.includes(operator)) throw notImplemented(`The accumulator ${operator}`);
    throw new CommandError('UnknownGroupOperator', `unknown group operator '${operator}'`);
  }
  const expression = compileExpression(operand);
  return () =>
    gather((document) => {
      const value = expression(document);
      return value === undefined ? undefined : closeNode(value);
    });
}
