import { fieldsOf, itemsOf } from '../../bson/elements.js';
import { BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';

/** What an expression is computed from: a document, and the variables that `$let`, `$map` and others bring. */
export interface Scope {
  readonly document: BsonValue;
  readonly variables: ReadonlyMap<string, BsonValue | undefined>;
}

/** Computes a value with its exact type; undefined is "missing". */
export type Computation = (scope: Scope) => BsonValue | undefined;

/** How an operator compiles its operands; handed in, since operators are made of expressions and they of operators. */
export interface Compiler {
  compile(expression: BsonValue): Computation;
  /** A compiler for expressions in which these variables are known too. */
  knowing(variables: readonly string[]): Compiler;
}

export type OperatorCompiler = (name: string, operand: BsonValue, compiler: Compiler) => Computation;

export const NULL_VALUE = BsonValue.from(null);
export const TRUE = BsonValue.from(true);
export const FALSE = BsonValue.from(false);

export function isNothing(value: BsonValue | undefined): value is undefined {
  return value === undefined || value.isNullish;
}

/** The operands of an operator: the items of an array, or a single one; their number must be within the range. */
export function operandsOf(
  name: string,
  operand: BsonValue,
  compiler: Compiler,
  least: number,
  most = least,
): Computation[] {
  const items = operand.isArray ? itemsOf(operand) : [operand];
  if (items.length < least || items.length > most) {
    throw new CommandError(
      least === most ? 16020 : 28667,
      `Expression ${name} takes ${least === most ? `exactly ${least}` : `at least ${least} arguments, and at most ${most}`} arguments. ${items.length} were passed in.`,
    );
  }
  return items.map((item) => compiler.compile(item));
}

/** The named operands of an operator; a name that is not known is refused with the code given. */
export function namedOperands(
  name: string,
  operand: BsonValue,
  known: readonly string[],
  unknownCode: number,
): ReadonlyMap<string, BsonValue> {
  if (!operand.isDocument)
    throw new CommandError(unknownCode, `${name} only supports an object as its argument`);
  const fields = fieldsOf(operand);
  for (const field of fields.keys()) {
    if (!known.includes(field))
      throw new CommandError(unknownCode, `Unrecognized parameter to ${name}: ${field}`);
  }
  return fields;
}

export function required(
  name: string,
  fields: ReadonlyMap<string, BsonValue>,
  field: string,
  code: number,
): BsonValue {
  const value = fields.get(field);
  if (value === undefined) throw new CommandError(code, `Missing '${field}' parameter to ${name}`);
  return value;
}

export function booleanValue(value: boolean): BsonValue {
  return value ? TRUE : FALSE;
}
