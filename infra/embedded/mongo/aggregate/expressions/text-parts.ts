import { int32Value, toPlainNumber } from '../../bson/numbers.js';
import { BsonType, BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import { typeName } from '../../query/value-predicates.js';
import { arrayValue } from './arrays.js';
import {
  isNothing,
  namedOperands,
  NULL_VALUE,
  operandsOf,
  type OperatorCompiler,
  required,
} from './computation.js';
import { textOfValue } from './conversions.js';

function textOf(name: string, value: BsonValue | undefined, code: number): string {
  if (value?.type === BsonType.string || value?.type === BsonType.symbol) return value.text();
  throw new CommandError(
    code,
    `${name} requires a string, found: ${value === undefined ? 'missing' : typeName(value.type)}`,
  );
}

/** Null and missing count as the empty text; numbers and dates as what they are written as. */
function looseText(value: BsonValue | undefined): string {
  return isNothing(value) ? '' : textOfValue(value);
}

function position(name: string, value: BsonValue | undefined, code: number): number {
  const number = value === undefined ? undefined : toPlainNumber(value);
  if (number === undefined || !Number.isInteger(number))
    throw new CommandError(code, `${name} requires a whole number`);
  return number;
}

const substrCodePoints: OperatorCompiler = (name, operand, compiler) => {
  const [text, from, length] = operandsOf(name, operand, compiler, 3);
  return (scope) => {
    const points = [...looseText(text?.(scope))];
    const start = position(name, from?.(scope), 34450);
    const count = position(name, length?.(scope), 34452);
    if (start < 0) throw new CommandError(34455, `${name}: the starting index must be non-negative integer.`);
    if (count < 0) throw new CommandError(34454, `${name}: length must be a nonnegative integer.`);
    return BsonValue.from(points.slice(start, start + count).join(''));
  };
};

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

const substrBytes: OperatorCompiler = (name, operand, compiler) => {
  const [text, from, length] = operandsOf(name, operand, compiler, 3);
  return (scope) => {
    const bytes = Buffer.from(looseText(text?.(scope)));
    const start = position(name, from?.(scope), 16034);
    const count = position(name, length?.(scope), 16035);
    if (start < 0) throw new CommandError(50752, `${name}: starting index must be non-negative`);
    const end = count < 0 ? bytes.length : Math.min(bytes.length, start + count);
    if (isContinuation(bytes[start]))
      throw new CommandError(28656, `${name}: Invalid range, starting index is a UTF-8 continuation byte.`);
    if (isContinuation(bytes[end]))
      throw new CommandError(
        28657,
        `${name}: Invalid range, ending index is in the middle of a UTF-8 character.`,
      );
    return BsonValue.from(bytes.toString('utf8', start, end));
  };
};

const split: OperatorCompiler = (name, operand, compiler) => {
  const [text, separator] = operandsOf(name, operand, compiler, 2);
  return (scope) => {
    const [whole, by] = [text?.(scope), separator?.(scope)];
    if (isNothing(whole) || isNothing(by)) return NULL_VALUE;
    const parts = textOf(name, whole, 40085);
    const delimiter = textOf(name, by, 40086);
    if (delimiter === '') throw new CommandError(40087, '$split requires a non-empty separator');
    return arrayValue(parts.split(delimiter).map((part) => BsonValue.from(part)));
  };
};

function lengthOf(code: number, measure: (text: string) => number): OperatorCompiler {
  return (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => int32Value(measure(textOf(name, only?.(scope), code)));
  };
}

/** What the server takes for white space when nothing else is asked for. */
const WHITE_SPACE = [
  ...'\0\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a',
];

function trimming(left: boolean, right: boolean): OperatorCompiler {
  return (name, operand, compiler) => {
    const fields = namedOperands(name, operand, ['input', 'chars'], 50694);
    const input = compiler.compile(required(name, fields, 'input', 50695));
    const charsOperand = fields.get('chars');
    const chars = charsOperand === undefined ? undefined : compiler.compile(charsOperand);
    return (scope) => {
      const [text, wanted] = [input(scope), chars?.(scope)];
      if (isNothing(text) || (chars !== undefined && isNothing(wanted))) return NULL_VALUE;
      const points = [...textOf(name, text, 50699)];
      const unwanted = new Set(wanted === undefined ? WHITE_SPACE : textOf(name, wanted, 50700));
      let [start, end] = [0, points.length];
      while (left && start < end && unwanted.has(points[start] ?? '')) start += 1;
      while (right && end > start && unwanted.has(points[end - 1] ?? '')) end -= 1;
      return BsonValue.from(points.slice(start, end).join(''));
    };
  };
}

function replacing(replace: (text: string, find: string, replacement: string) => string): OperatorCompiler {
  return (name, operand, compiler) => {
    const fields = namedOperands(name, operand, ['input', 'find', 'replacement'], 51750);
    const parts = (['input', 'find', 'replacement'] as const).map((field, index) =>
      compiler.compile(required(name, fields, field, 51749 - index)),
    );
    return (scope) => {
      const values = parts.map((part) => part(scope));
      const texts = values.map((value, index) =>
        isNothing(value) ? undefined : textOf(name, value, 51746 - index),
      );
      const [text, find, replacement] = texts;
      if (text === undefined || find === undefined || replacement === undefined) return NULL_VALUE;
      return BsonValue.from(replace(text, find, replacement));
    };
  };
}

const ignoringCase: OperatorCompiler = (name, operand, compiler) => {
  const parts = operandsOf(name, operand, compiler, 2);
  return (scope) => {
    const [left, right] = parts.map((part) =>
      Buffer.from(looseText(part(scope)).replace(/[a-z]+/g, (letters) => letters.toUpperCase())),
    );
    return int32Value(left === undefined || right === undefined ? 0 : left.compare(right));
  };
};

export const TEXT_PART_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $substrCP: substrCodePoints,
  $substrBytes: substrBytes,
  $substr: substrBytes,
  $split: split,
  $strLenCP: lengthOf(34471, (text) => [...text].length),
  $strLenBytes: lengthOf(34473, (text) => Buffer.byteLength(text)),
  $trim: trimming(true, true),
  $ltrim: trimming(true, false),
  $rtrim: trimming(false, true),
  $replaceOne: replacing((text, find, replacement) => text.replace(find, () => replacement)),
  $replaceAll: replacing((text, find, replacement) => text.replaceAll(find, () => replacement)),
  $strcasecmp: ignoringCase,
};
