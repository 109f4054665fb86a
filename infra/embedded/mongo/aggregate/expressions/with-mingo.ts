import { Context, evalExpr } from 'mingo/core';
import * as expressionOperators from 'mingo/operators/expression';
import { fieldsOf, itemsOf } from '../../bson/elements.js';
import { type BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import { fromPlain, toPlain } from '../plain-values.js';
import { type Compiler, type OperatorCompiler, type Scope } from './computation.js';

/** What mingo computes as the server does and needs no care. */
export const MINGO_OPERATORS: ReadonlySet<string> = new Set([
  '$bitAnd',
  '$bitNot',
  '$bitOr',
  '$bitXor',
  '$dateFromParts',
  '$dateFromString',
  '$dateTrunc',
]);

/** Names the server knows and this node does not compute. */
export function isKnownElsewhere(name: string): boolean {
  return name in expressionOperators || ALSO_KNOWN.has(name);
}

const ALSO_KNOWN = new Set([
  '$toUUID',
  '$meta',
  '$indexOfBytes',
  '$dateDiff',
  '$toHashedIndexKey',
  '$encStrStartsWith',
]);

const OPTIONS = {
  context: Context.init({ expression: expressionOperators }),
  scriptEnabled: false,
  useStrictMode: true,
  failOnError: true,
} as const;

type Operands = (scope: Scope) => unknown;

function literal(value: BsonValue | undefined): unknown {
  return { $literal: value === undefined ? null : toPlain(value) };
}

function compileOperands(operand: BsonValue, compiler: Compiler): Operands {
  if (operand.isArray) {
    const items = itemsOf(operand).map((item) => compiler.compile(item));
    return (scope) => items.map((item) => literal(item(scope)));
  }
  const fields = operand.isDocument ? [...fieldsOf(operand)] : [];
  if (fields.length > 0 && fields.every(([name]) => !name.startsWith('$'))) {
    const compiled = fields.map(([name, value]) => [name, compiler.compile(value)] as const);
    return (scope) => Object.fromEntries(compiled.map(([name, compute]) => [name, literal(compute(scope))]));
  }
  const only = compiler.compile(operand);
  return (scope) => literal(only(scope));
}

/** The operands are computed here, with their types; mingo is only given the finished values. */
export const withMingo: OperatorCompiler = (name, operand, compiler) => {
  const operands = compileOperands(operand, compiler);
  return (scope) => {
    const given = operands(scope);
    try {
      return fromPlain(evalExpr({}, { [name]: given }, OPTIONS as never));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw new CommandError('OperationFailed', error instanceof Error ? error.message : String(error));
    }
  };
};
