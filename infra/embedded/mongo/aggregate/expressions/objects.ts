import { fieldsOf, findField, itemsOf } from '../../bson/elements.js';
import { type BsonNode, closeNode, DocumentNode, documentNode } from '../../bson/node.js';
import { isNumeric } from '../../bson/numbers.js';
import { BsonType, BsonValue } from '../../bson/value.js';
import { CommandError } from '../../errors.js';
import { typeName } from '../../query/value-predicates.js';
import { arrayValue, itemsOrNothing } from './arrays.js';
import {
  booleanValue,
  isNothing,
  namedOperands,
  NULL_VALUE,
  operandsOf,
  type OperatorCompiler,
  required,
} from './computation.js';

/** Later fields win; what is null or missing adds nothing. */
export function mergeObjects(values: readonly (BsonValue | undefined)[]): BsonValue {
  const merged = new DocumentNode();
  for (const value of values) {
    if (isNothing(value)) continue;
    if (!value.isDocument)
      throw new CommandError(
        40400,
        `$mergeObjects requires object inputs, but input is of type ${typeName(value.type)}`,
      );
    for (const [name, field] of fieldsOf(value)) merged.fields.set(name, field);
  }
  return closeNode(merged);
}

const merging: OperatorCompiler = (name, operand, compiler) => {
  const parts = operandsOf(name, operand, compiler, 0, Infinity);
  return (scope) => {
    const values = parts.map((part) => part(scope));
    const [only] = values;
    return mergeObjects(values.length === 1 && only?.isArray === true ? itemsOf(only) : values);
  };
};

const getField: OperatorCompiler = (name, operand, compiler) => {
  const fields = operand.isDocument
    ? namedOperands(name, operand, ['field', 'input'], 3041701)
    : new Map([['field', operand]]);
  const field = compiler.compile(required(name, fields, 'field', 3041702));
  const inputOperand = fields.get('input');
  const input = inputOperand === undefined ? undefined : compiler.compile(inputOperand);
  return (scope) => {
    const key = field(scope);
    if (key?.type !== BsonType.string)
      throw new CommandError(3041704, `$getField requires 'field' to evaluate to type String`);
    const container = input === undefined ? scope.document : input(scope);
    if (isNothing(container)) return container;
    return container.isDocument ? findField(container, Buffer.from(key.text())) : undefined;
  };
};

const objectToArray: OperatorCompiler = (name, operand, compiler) => {
  const [only] = operandsOf(name, operand, compiler, 1);
  return (scope) => {
    const value = only?.(scope);
    if (isNothing(value)) return NULL_VALUE;
    if (!value.isDocument)
      throw new CommandError(
        40390,
        `$objectToArray requires a document input, found: ${typeName(value.type)}`,
      );
    return arrayValue(
      [...fieldsOf(value)].map(([key, field]) =>
        closeNode(
          documentNode([
            ['k', BsonValue.from(key)],
            ['v', field],
          ]),
        ),
      ),
    );
  };
};

function pairOf(item: BsonValue): readonly [BsonValue, BsonNode] {
  const fields = item.isDocument ? fieldsOf(item) : undefined;
  const [key, value] = item.isArray ? itemsOf(item) : [fields?.get('k'), fields?.get('v')];
  if (key === undefined || value === undefined || (fields !== undefined && fields.size !== 2))
    throw new CommandError(
      40392,
      '$arrayToObject requires an object with keys k and v, or an array of two items',
    );
  if (key.type !== BsonType.string)
    throw new CommandError(40394, '$arrayToObject requires keys of type string');
  return [key, value];
}

const arrayToObject: OperatorCompiler = (name, operand, compiler) => {
  const [only] = operandsOf(name, operand, compiler, 1);
  return (scope) => {
    const items = itemsOrNothing(name, only?.(scope), 40386);
    if (items === undefined) return NULL_VALUE;
    return closeNode(documentNode(items.map(pairOf).map(([key, value]) => [key.text(), value] as const)));
  };
};

export const OBJECT_OPERATORS: Readonly<Record<string, OperatorCompiler>> = {
  $mergeObjects: merging,
  $getField: getField,
  $objectToArray: objectToArray,
  $arrayToObject: arrayToObject,
  $type: (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => {
      const value = only?.(scope);
      return BsonValue.from(value === undefined ? 'missing' : typeName(value.type));
    };
  },
  $isNumber: (name, operand, compiler) => {
    const [only] = operandsOf(name, operand, compiler, 1);
    return (scope) => booleanValue(isNumeric(only?.(scope)?.type ?? BsonType.null));
  },
};
