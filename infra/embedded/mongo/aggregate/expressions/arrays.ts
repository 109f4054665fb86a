import { compareValues, equalValues } from '../../bson/compare.js';
import { itemsOf } from '../../bson/elements.js';
import { ArrayNode, closeNode } from '../../bson/node.js';
import { int32Value, isNumeric, toPlainNumber } from '../../bson/numbers.js';
import { type BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import { typeName } from '../../query/value-predicates.js';
import { averageOf, sumOf } from '../number-results.js';
import {
  booleanValue,
  type Computation,
  isNothing,
  namedOperands,
  NULL_VALUE,
  operandsOf,
  type OperatorCompiler,
  required,
  type Scope,
} from './computation.js';
import { isTrue } from './truth.js';

export function arrayValue(items: readonly BsonValue[]): BsonValue {
  return closeNode(new ArrayNode([...items]));
}

/** The items of an array; undefined when there is null or nothing; anything else is refused with the code. */
export function itemsOrNothing(
  name: string,
  value: BsonValue | undefined,
  code: number,
): BsonValue[] | undefined {
  if (isNothing(value)) return undefined;
  if (!value.isArray) throw new CommandError(code, `${name} requires an array, not ${typeName(value.type)}`);
  return itemsOf(value);
}

function wholeNumber(name: string, value: BsonValue, code: number): number {
  const number = toPlainNumber(value);
  if (number === undefined || !Number.isInteger(number) || Math.abs(number) > 2 ** 31)
    throw new CommandError(code, `${name} requires a value representable as a 32-bit integer`);
  return number;
}

/** One operand that is an array; null for null. */
function ofArray(
  code: number,
  compute: (items: readonly BsonValue[]) => BsonValue | undefined,
): OperatorCompiler {
  return (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => {
      const items = itemsOrNothing(name, only?.(scope), code);
      return items === undefined ? NULL_VALUE : compute(items);
    };
  };
}

const arrayElemAt: OperatorCompiler = (name, operand, compiler) => {
  const [array, at] = operandsOf(name, operand, compiler, 2);
  return (scope) => {
    const items = itemsOrNothing(name, array?.(scope), 28689);
    const position = at?.(scope);
    if (items === undefined || isNothing(position)) return NULL_VALUE;
    return items.at(wholeNumber(name, position, 28691));
  };
};

const concatArrays: OperatorCompiler = (name, operand, compiler) => {
  const parts = operandsOf(name, operand, compiler, 0, Infinity);
  return (scope) => {
    const lists = parts.map((part) => itemsOrNothing(name, part(scope), 28664));
    return lists.some((list) => list === undefined)
      ? NULL_VALUE
      : arrayValue(lists.flatMap((list) => list ?? []));
  };
};

const slice: OperatorCompiler = (name, operand, compiler) => {
  const [array, first, second] = operandsOf(name, operand, compiler, 2, 3);
  return (scope) => {
    const items = itemsOrNothing(name, array?.(scope), 28724);
    const one = first?.(scope);
    const two = second?.(scope);
    if (items === undefined || isNothing(one) || (second !== undefined && isNothing(two))) return NULL_VALUE;
    const from = wholeNumber(name, one, 28726);
    if (two === undefined) return arrayValue(from >= 0 ? items.slice(0, from) : items.slice(from));
    const count = wholeNumber(name, two, 28728);
    if (count <= 0) throw new CommandError(28729, `Third argument to $slice must be positive: ${count}`);
    const start = from >= 0 ? from : Math.max(0, items.length + from);
    return arrayValue(items.slice(start, start + count));
  };
};

const isIn: OperatorCompiler = (name, operand, compiler) => {
  const [wanted, array] = operandsOf(name, operand, compiler, 2);
  return (scope) => {
    const list = array?.(scope);
    if (list?.isArray !== true)
      throw new CommandError(
        40081,
        `$in requires an array as a second argument, found: ${list === undefined ? 'missing' : typeName(list.type)}`,
      );
    const value = wanted?.(scope);
    return booleanValue(value !== undefined && itemsOf(list).some((item) => equalValues(item, value)));
  };
};

const indexOfArray: OperatorCompiler = (name, operand, compiler) => {
  const [array, wanted, from, until] = operandsOf(name, operand, compiler, 2, 4);
  const bound = (computation: Computation | undefined, scope: Scope, otherwise: number): number => {
    const value = computation?.(scope);
    return value === undefined ? otherwise : wholeNumber(name, value, 40096);
  };
  return (scope) => {
    const items = itemsOrNothing(name, array?.(scope), 40090);
    if (items === undefined) return NULL_VALUE;
    const value = wanted?.(scope);
    const start = bound(from, scope, 0);
    const end = Math.min(bound(until, scope, items.length), items.length);
    for (let at = start; at < end; at += 1) {
      const item = items[at];
      if (item !== undefined && value !== undefined && equalValues(item, value)) return int32Value(at);
    }
    return int32Value(-1);
  };
};

const range: OperatorCompiler = (name, operand, compiler) => {
  const parts = operandsOf(name, operand, compiler, 2, 3);
  return (scope) => {
    const [start = 0, end = 0, step = 1] = parts.map((part) => {
      const value = part(scope);
      if (value === undefined || !isNumeric(value.type))
        throw new CommandError(34443, '$range requires numeric operands');
      return wholeNumber(name, value, 34444);
    });
    if (step === 0) throw new CommandError(34449, '$range requires a non-zero step value');
    const length = Math.max(0, Math.ceil((end - start) / step));
    return arrayValue(Array.from({ length }, (_, index) => int32Value(start + index * step)));
  };
};

const zip: OperatorCompiler = (name, operand, compiler) => {
  const fields = namedOperands(name, operand, ['inputs', 'useLongestLength', 'defaults'], 34464);
  if (fields.has('defaults') || fields.has('useLongestLength'))
    throw new CommandError(
      'NotImplemented',
      '$zip with defaults is not implemented by the embedded MongoDB node',
    );
  const inputs = operandsOf(name, required(name, fields, 'inputs', 34465), compiler, 1, Infinity);
  return (scope) => {
    const lists = inputs.map((input) => itemsOrNothing(name, input(scope), 34468));
    if (lists.some((list) => list === undefined)) return NULL_VALUE;
    const length = Math.min(...lists.map((list) => list?.length ?? 0));
    return arrayValue(
      Array.from({ length }, (_, at) => arrayValue(lists.map((list) => list?.[at] ?? NULL_VALUE))),
    );
  };
};

/** `$sum` and its kin over one array, or over several operands, in which an array is no number. */
function folded(fold: (values: readonly BsonValue[]) => BsonValue): OperatorCompiler {
  return (name, operand, compiler) => {
    const parts = operandsOf(name, operand, compiler, 0, Infinity);
    return (scope) => {
      const values = parts.map((part) => part(scope));
      const [only] = values;
      const all = values.length === 1 && only?.isArray === true ? itemsOf(only) : values;
      return fold(all.filter((value) => !isNothing(value)));
    };
  };
}

function extreme(sign: 1 | -1): OperatorCompiler {
  return folded(
    (values) =>
      values.reduce<BsonValue | undefined>(
        (best, value) => (best === undefined || compareValues(value, best) * sign < 0 ? value : best),
        undefined,
      ) ?? NULL_VALUE,
  );
}

export const ARRAY_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $size: (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => {
      const value = only?.(scope);
      if (value?.isArray !== true)
        throw new CommandError(
          17124,
          `The argument to $size must be an array, but was of type: ${value === undefined ? 'missing' : typeName(value.type)}`,
        );
      return int32Value(itemsOf(value).length);
    };
  },
  $isArray: (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => booleanValue(only?.(scope)?.isArray === true);
  },
  $arrayElemAt: arrayElemAt,
  $first: ofArray(28689, (items) => items[0]),
  $last: ofArray(28689, (items) => items.at(-1)),
  $reverseArray: ofArray(34435, (items) => arrayValue([...items].reverse())),
  $concatArrays: concatArrays,
  $slice: slice,
  $in: isIn,
  $indexOfArray: indexOfArray,
  $range: range,
  $zip: zip,
  $anyElementTrue: ofArray(17041, (items) => booleanValue(items.some(isTrue))),
  $allElementsTrue: ofArray(17040, (items) => booleanValue(items.every(isTrue))),
  $sum: folded(sumOf),
  $avg: folded((values) => averageOf(values) ?? NULL_VALUE),
  $max: extreme(-1),
  $min: extreme(1),
};
