import { compareValues, identityOf } from '../bson/compare.js';
import { isEmptyContainer } from '../bson/elements.js';
import { ArrayNode, type BsonNode } from '../bson/node.js';
import { int32Value, isNumeric } from '../bson/numbers.js';
import { BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileExpression } from './expression.js';
import { mergeObjects } from './expressions/objects.js';
import { addNumbers, divideNumbers } from './number-results.js';

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
  '$minN',
  '$percentile',
  '$stdDevPop',
  '$stdDevSamp',
  '$top',
  '$topN',
];

type Gather = (compute: (document: BsonValue) => BsonValue | undefined) => Accumulator;

const sum: Gather = (compute) => {
  let total = int32Value(0);
  return {
    add: (document) => {
      const value = compute(document);
      if (value !== undefined && isNumeric(value.type)) total = addNumbers(total, value);
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
      total = addNumbers(total, value);
      count += 1;
    },
    result: () => (count === 0 ? NULL_VALUE : divideNumbers(total, int32Value(count))),
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

const merge: Gather = (compute) => {
  const values: (BsonValue | undefined)[] = [];
  return {
    add: (document) => values.push(compute(document)),
    result: () => mergeObjects(values),
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
  $mergeObjects: merge,
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
    throw new CommandError(15952, `unknown group operator '${operator}'`);
  }
  const expression = compileExpression(operand);
  return () => gather(expression);
}
