import { fieldsOf } from '../../bson/elements.js';
import { toPlainNumber } from '../../bson/numbers.js';
import { BsonType, type BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import { arrayValue, itemsOrNothing } from './arrays.js';
import {
  type Computation,
  namedOperands,
  NULL_VALUE,
  type OperatorCompiler,
  required,
  type Scope,
} from './computation.js';
import { isTrue } from './truth.js';

function variableName(value: BsonValue | undefined): string {
  if (value === undefined) return 'this';
  const name = value.type === BsonType.string ? value.text() : '';
  if (!/^[a-z\x80-\uffff][\w\x80-\uffff]*$/.test(name)) {
    throw new CommandError(
      'FailedToParse',
      `'${name}' starts with an invalid character for a user variable name`,
    );
  }
  return name;
}

function withVariable(scope: Scope, name: string, value: BsonValue | undefined): Scope {
  return { ...scope, variables: new Map([...scope.variables, [name, value]]) };
}

const filter: OperatorCompiler = (name, operand, compiler) => {
  const fields = namedOperands(name, operand, ['input', 'as', 'cond', 'limit'], 28647);
  const variable = variableName(fields.get('as'));
  const input = compiler.compile(required(name, fields, 'input', 28648));
  const condition = compiler.knowing([variable]).compile(required(name, fields, 'cond', 28650));
  const limitOperand = fields.get('limit');
  const limit: Computation = limitOperand === undefined ? () => undefined : compiler.compile(limitOperand);
  return (scope) => {
    const items = itemsOrNothing(name, input(scope), 28651);
    if (items === undefined) return NULL_VALUE;
    const wanted = limit(scope);
    const most = wanted === undefined || wanted.isNullish ? Infinity : (toPlainNumber(wanted) ?? 0);
    if (most < 1) throw new CommandError(327392, '$filter: limit must be greater than 0');
    const kept: BsonValue[] = [];
    for (const item of items) {
      if (kept.length >= most) break;
      if (isTrue(condition(withVariable(scope, variable, item)))) kept.push(item);
    }
    return arrayValue(kept);
  };
};

const map: OperatorCompiler = (name, operand, compiler) => {
  const fields = namedOperands(name, operand, ['input', 'as', 'in'], 16879);
  const variable = variableName(fields.get('as'));
  const input = compiler.compile(required(name, fields, 'input', 16880));
  const change = compiler.knowing([variable]).compile(required(name, fields, 'in', 16882));
  return (scope) => {
    const items = itemsOrNothing(name, input(scope), 16883);
    if (items === undefined) return NULL_VALUE;
    return arrayValue(items.map((item) => change(withVariable(scope, variable, item)) ?? NULL_VALUE));
  };
};

const reduce: OperatorCompiler = (name, operand, compiler) => {
  const fields = namedOperands(name, operand, ['input', 'initialValue', 'in'], 40076);
  const input = compiler.compile(required(name, fields, 'input', 40077));
  const initial = compiler.compile(required(name, fields, 'initialValue', 40078));
  const step = compiler.knowing(['this', 'value']).compile(required(name, fields, 'in', 40079));
  return (scope) => {
    const items = itemsOrNothing(name, input(scope), 40080);
    if (items === undefined) return NULL_VALUE;
    return items.reduce<BsonValue | undefined>(
      (value, item) => step(withVariable(withVariable(scope, 'this', item), 'value', value)),
      initial(scope),
    );
  };
};

const letVariables: OperatorCompiler = (name, operand, compiler) => {
  const fields = namedOperands(name, operand, ['vars', 'in'], 16875);
  const declared = required(name, fields, 'vars', 16876);
  if (!declared.isDocument) throw new CommandError(16875, 'invalid parameter: expected an object (vars)');
  const variables = [...fieldsOf(declared)].map(([variable, value]) => ({
    variable,
    compute: compiler.compile(value),
  }));
  const body = compiler
    .knowing(variables.map(({ variable }) => variable))
    .compile(required(name, fields, 'in', 16877));
  return (scope) =>
    body(
      variables.reduce(
        (inner, { variable, compute }) => withVariable(inner, variable, compute(scope)),
        scope,
      ),
    );
};

export const ITERATION_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $filter: filter,
  $map: map,
  $reduce: reduce,
  $let: letVariables,
};
