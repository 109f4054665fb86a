import { compareValues, equalValues, identityOf } from '../bson/compare.js';
import { isNaNValue, isNumeric, readNumber, toPlainNumber } from '../bson/numbers.js';
import { typeOrder } from '../bson/type-order.js';
import { BsonType, type BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { compileRegularExpression } from './regular-expression.js';

/** Answers whether one value (undefined: missing) satisfies a condition. */
export type ValuePredicate = (value: BsonValue | undefined) => boolean;

export type ComparisonName = '$lt' | '$lte' | '$gt' | '$gte';

export function equalTo(operand: BsonValue): ValuePredicate {
  if (operand.isNullish) return (value) => value === undefined || value.isNullish;
  return (value) => value !== undefined && equalValues(value, operand);
}

function isNaNNumber(value: BsonValue): boolean {
  return isNumeric(value.type) && isNaNValue(readNumber(value));
}

/** Ordered comparisons only ever match values of the operand's own type; NaN equals NaN and nothing is beside it. */
export function compareWith(name: ComparisonName, operand: BsonValue): ValuePredicate {
  const orEqual = name === '$lte' || name === '$gte';
  const wanted = name.startsWith('$lt') ? -1 : 1;
  if (operand.isNullish) {
    return orEqual ? equalTo(operand) : () => false;
  }
  const order = typeOrder(operand.type);
  const acrossTypes = operand.type === BsonType.minKey || operand.type === BsonType.maxKey;
  const operandIsNaN = isNaNNumber(operand);
  return (value) => {
    if (value === undefined) return false;
    if (!acrossTypes && typeOrder(value.type) !== order) return false;
    if (operandIsNaN || isNaNNumber(value)) return orEqual && operandIsNaN && isNaNNumber(value);
    const compared = Math.sign(compareValues(value, operand));
    return compared === wanted || (orEqual && compared === 0);
  };
}

/** A regular expression matches strings, and also an equal regular expression stored as a value. */
export function matchesPattern(pattern: string, flags: string, stored?: BsonValue): ValuePredicate {
  const expression = compileRegularExpression(pattern, flags);
  return (value) => {
    if (value === undefined) return false;
    if (value.type === BsonType.string || value.type === BsonType.symbol)
      return expression.test(value.text());
    return stored !== undefined && value.type === BsonType.regex && equalValues(value, stored);
  };
}

export function regexParts(value: BsonValue): { readonly pattern: string; readonly flags: string } {
  const patternEnd = value.bytes.indexOf(0, value.start);
  return {
    pattern: value.bytes.toString('utf8', value.start, patternEnd),
    flags: value.bytes.toString('utf8', patternEnd + 1, value.end - 1),
  };
}

export function equalOrPattern(operand: BsonValue): ValuePredicate {
  if (operand.type !== BsonType.regex) return equalTo(operand);
  const { pattern, flags } = regexParts(operand);
  return matchesPattern(pattern, flags, operand);
}

export function oneOf(operands: readonly BsonValue[]): ValuePredicate {
  const identities = new Set<string>();
  const patterns: ValuePredicate[] = [];
  let matchesNull = false;
  for (const operand of operands) {
    if (operand.type === BsonType.regex) patterns.push(equalOrPattern(operand));
    else if (operand.isNullish) matchesNull = true;
    else identities.add(identityOf(operand));
  }
  return (value) => {
    if (value === undefined || value.isNullish) return matchesNull;
    if (identities.size > 0 && identities.has(identityOf(value))) return true;
    return patterns.some((pattern) => pattern(value));
  };
}

const TYPE_NAMES: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: 255,
  maxKey: 127,
};

export function typeName(type: number): string {
  return Object.keys(TYPE_NAMES).find((name) => TYPE_NAMES[name] === type) ?? 'missing';
}

export function typesNamed(operand: BsonValue): ReadonlySet<number> {
  if (operand.type === BsonType.string) {
    const name = operand.text();
    if (name === 'number')
      return new Set([BsonType.double, BsonType.int32, BsonType.int64, BsonType.decimal128]);
    const type = TYPE_NAMES[name];
    if (type === undefined) throw new CommandError('BadValue', `Unknown type name alias: ${name}`);
    return new Set([type]);
  }
  if (!isNumeric(operand.type))
    throw new CommandError('TypeMismatch', 'type must be represented as a number or a string');
  const code = toPlainNumber(operand) ?? 0;
  const type = code === -1 ? BsonType.minKey : code;
  if (!Object.values(TYPE_NAMES).includes(type)) {
    throw new CommandError('BadValue', `Invalid numerical type code: ${code}`);
  }
  return new Set([type]);
}
