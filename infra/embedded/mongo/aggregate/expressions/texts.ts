import { int32Value } from '../../bson/numbers.js';
import { BsonType, BsonValue } from '../../bson/value.js';
import { CommandError, notImplemented } from '../../errors.js';
import { typeName } from '../../query/value-predicates.js';
import { isNothing, NULL_VALUE, operandsOf, type OperatorCompiler } from './computation.js';

function textOf(name: string, value: BsonValue, code: number): string {
  if (value.type === BsonType.string || value.type === BsonType.symbol) return value.text();
  throw new CommandError(code, `${name} only supports strings, not ${typeName(value.type)}`);
}

const concat: OperatorCompiler = (name, operand, compiler) => {
  const parts = operandsOf(name, operand, compiler, 0, Infinity);
  return (scope) => {
    let text = '';
    for (const part of parts) {
      const value = part(scope);
      if (isNothing(value)) return NULL_VALUE;
      text += textOf(name, value, 16702);
    }
    return BsonValue.from(text);
  };
};

/** Upper and lower case change ASCII letters only, as the server's do. */
function changingCase(from: RegExp, change: (letter: string) => string): OperatorCompiler {
  return (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => {
      const value = only?.(scope);
      if (isNothing(value)) return BsonValue.from('');
      if (value.type !== BsonType.string) throw notImplemented(`${name} of a value that is no text`);
      return BsonValue.from(value.text().replace(from, change));
    };
  };
}

const indexOfCodePoints: OperatorCompiler = (name, operand, compiler) => {
  const [first, second] = operandsOf(name, operand, compiler, 2);
  return (scope) => {
    const text = first?.(scope);
    if (isNothing(text)) return NULL_VALUE;
    const wanted = second?.(scope);
    if (wanted === undefined)
      throw new CommandError(40094, `${name} requires a string as the second argument, found: missing`);
    const whole = textOf(name, text, 40093);
    const at = whole.indexOf(textOf(name, wanted, 40094));
    return int32Value(at < 0 ? -1 : [...whole.slice(0, at)].length);
  };
};

export const TEXT_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $concat: concat,
  $toUpper: changingCase(/[a-z]+/g, (letters) => letters.toUpperCase()),
  $toLower: changingCase(/[A-Z]+/g, (letters) => letters.toLowerCase()),
  $indexOfCP: indexOfCodePoints,
};
