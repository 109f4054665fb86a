import { fieldsOf, findField, itemsOf } from '../bson/elements.js';
import { ArrayNode, type BsonNode, closeNode, DocumentNode } from '../bson/node.js';
import { type PathSegment, pathSegments } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { compileWithMingo } from './mingo-expression.js';

/** Computes a value from a document; undefined is "missing". */
export type Expression = (document: BsonValue) => BsonNode | undefined;

const NULL_VALUE = BsonValue.from(null);

/** Paths, constants, objects and arrays keep their exact types here; everything computed goes to mingo. */
export function compileExpression(expression: BsonValue): Expression {
  if (expression.type === BsonType.string) {
    const text = expression.text();
    if (!text.startsWith('$')) return () => expression;
    if (text === '$$ROOT' || text === '$$CURRENT') return (document) => document;
    if (text === '$$REMOVE') return () => undefined;
    if (text.startsWith('$$')) return compileWithMingo(expression);
    if (text === '$')
      throw new CommandError('InvalidPipelineOperator', "'$' by itself is not a valid FieldPath");
    return fieldPath(pathSegments(text.slice(1)));
  }
  if (expression.isArray) {
    const items = itemsOf(expression).map(compileExpression);
    return (document) => new ArrayNode(items.map((item) => item(document) ?? NULL_VALUE));
  }
  if (!expression.isDocument) return () => expression;
  const fields = [...fieldsOf(expression)];
  const [first] = fields;
  if (first?.[0].startsWith('$') === true) {
    if (fields.length > 1) {
      throw new CommandError(
        'BadValue',
        'an expression specification must contain exactly one field, the name of the expression',
      );
    }
    const [operator, operand] = first;
    return operator === '$literal' ? () => operand : compileWithMingo(expression);
  }
  const compiled = fields.map(([name, value]) => [name, compileExpression(value)] as const);
  return (document) => {
    const node = new DocumentNode();
    for (const [name, compute] of compiled) {
      const value = compute(document);
      if (value !== undefined) node.fields.set(name, value);
    }
    return node;
  };
}

function fieldPath(segments: readonly PathSegment[]): Expression {
  return (document) => follow(document, segments, 0);
}

/** Through an array a path leads to the array of what it finds in the items. */
function follow(value: BsonValue, segments: readonly PathSegment[], at: number): BsonNode | undefined {
  const segment = segments[at];
  if (segment === undefined) return value;
  if (value.type === BsonType.document) {
    const field = findField(value, segment.bytes);
    return field === undefined ? undefined : follow(field, segments, at + 1);
  }
  if (value.type !== BsonType.array) return undefined;
  return new ArrayNode(itemsOf(value).flatMap((item) => follow(item, segments, at) ?? []));
}

/** Whether a computed value counts as true. */
export function isTruthy(node: BsonNode | undefined): boolean {
  if (node === undefined) return false;
  const value = closeNode(node);
  if (value.isNullish) return false;
  if (value.type === BsonType.boolean) return value.boolean();
  return !ZEROES.some((zero) => zero.equalsBytes(value));
}

const ZEROES = [
  BsonValue.from(0),
  new BsonValue(BsonType.double, Buffer.alloc(8), 0, 8),
  new BsonValue(BsonType.int64, Buffer.alloc(8), 0, 8),
];
