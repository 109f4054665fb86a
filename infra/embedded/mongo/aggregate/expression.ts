import { fieldsOf, findField, itemsOf } from '../bson/elements.js';
import { ArrayNode, type BsonNode, closeNode, DocumentNode } from '../bson/node.js';
import { type PathSegment, pathSegments } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { ARITHMETIC_OPERATORS } from './expressions/arithmetic.js';
import { ARRAY_OPERATORS } from './expressions/arrays.js';
import {
  type Compiler,
  type Computation,
  NULL_VALUE,
  type OperatorCompiler,
} from './expressions/computation.js';
import { CONVERSION_OPERATORS } from './expressions/conversions.js';
import { DATE_OPERATORS } from './expressions/dates.js';
import { ITERATION_OPERATORS } from './expressions/iteration.js';
import { LOGIC_OPERATORS } from './expressions/logic.js';
import { OBJECT_OPERATORS } from './expressions/objects.js';
import { TEXT_OPERATORS } from './expressions/texts.js';
import { TEXT_PART_OPERATORS } from './expressions/text-parts.js';
import { isKnownElsewhere, MINGO_OPERATORS, withMingo } from './expressions/with-mingo.js';

/** Computes a value from a document; undefined is "missing". */
export type Expression = (document: BsonValue) => BsonValue | undefined;

const OPERATORS: ReadonlyMap<string, OperatorCompiler> = new Map(
  Object.entries({
    ...ARITHMETIC_OPERATORS,
    ...ARRAY_OPERATORS,
    ...CONVERSION_OPERATORS,
    ...DATE_OPERATORS,
    ...ITERATION_OPERATORS,
    ...LOGIC_OPERATORS,
    ...OBJECT_OPERATORS,
    ...TEXT_OPERATORS,
    ...TEXT_PART_OPERATORS,
  }),
);

const NO_VARIABLES = new Map<string, BsonValue>();

/** Compiles an expression; an operator or variable that does not exist is refused before any document is read. */
export function compileExpression(expression: BsonValue): Expression {
  const compute = new ExpressionCompiler(new Set()).compile(expression);
  return (document) => compute({ document, variables: NO_VARIABLES });
}

class ExpressionCompiler implements Compiler {
  constructor(private readonly variables: ReadonlySet<string>) {}

  knowing(variables: readonly string[]): Compiler {
    return new ExpressionCompiler(new Set([...this.variables, ...variables]));
  }

  compile(expression: BsonValue): Computation {
    if (expression.type === BsonType.string) return this.compileText(expression);
    if (expression.isArray) {
      const items = itemsOf(expression).map((item) => this.compile(item));
      return (scope) => closeNode(new ArrayNode(items.map((item) => item(scope) ?? NULL_VALUE)));
    }
    if (!expression.isDocument) return () => expression;
    const fields = [...fieldsOf(expression)];
    const [first] = fields;
    if (first?.[0].startsWith('$') === true) {
      if (fields.length > 1) {
        throw new CommandError(
          15983,
          'an expression specification must contain exactly one field, the name of the expression',
        );
      }
      return this.compileOperator(...first);
    }
    return this.compileObject(fields);
  }

  private compileObject(fields: readonly (readonly [string, BsonValue])[]): Computation {
    const compiled = fields.map(([name, value]) => [name, this.compile(value)] as const);
    return (scope) => {
      const node = new DocumentNode();
      for (const [name, compute] of compiled) {
        const value = compute(scope);
        if (value !== undefined) node.fields.set(name, value);
      }
      return closeNode(node);
    };
  }

  private compileOperator(name: string, operand: BsonValue): Computation {
    if (name === '$literal') return () => operand;
    const operator = OPERATORS.get(name) ?? (MINGO_OPERATORS.has(name) ? withMingo : undefined);
    if (operator !== undefined) return operator(name, operand, this);
    if (isKnownElsewhere(name)) throw notImplemented(`The expression ${name}`);
    throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
  }

  private compileText(expression: BsonValue): Computation {
    const text = expression.text();
    if (!text.startsWith('$')) return () => expression;
    if (text === '$') throw new CommandError(16872, "'$' by itself is not a valid FieldPath");
    if (!text.startsWith('$$')) {
      const segments = pathSegments(text.slice(1));
      return ({ document }) => follow(document, segments, 0);
    }
    const [name = '', ...rest] = text.slice(2).split('.');
    const start = this.compileVariable(name);
    if (rest.length === 0) return start;
    const segments = pathSegments(rest.join('.'));
    return (scope) => {
      const value = start(scope);
      return value === undefined ? undefined : follow(value, segments, 0);
    };
  }

  private compileVariable(name: string): Computation {
    if (this.variables.has(name)) return ({ variables }) => variables.get(name);
    switch (name) {
      case 'ROOT':
      case 'CURRENT':
        return ({ document }) => document;
      case 'REMOVE':
        return () => undefined;
      case 'NOW':
        return () => BsonValue.from(new Date());
      default:
        throw new CommandError(17276, `Use of undefined variable: ${name}`);
    }
  }
}

/** Through an array a path leads to the array of what it finds in the items. */
function follow(value: BsonValue, segments: readonly PathSegment[], at: number): BsonValue | undefined {
  const found = followNode(value, segments, at);
  return found === undefined ? undefined : closeNode(found);
}

function followNode(value: BsonValue, segments: readonly PathSegment[], at: number): BsonNode | undefined {
  const segment = segments[at];
  if (segment === undefined) return value;
  if (value.type === BsonType.document) {
    const field = findField(value, segment.bytes);
    return field === undefined ? undefined : followNode(field, segments, at + 1);
  }
  if (value.type !== BsonType.array) return undefined;
  return new ArrayNode(itemsOf(value).flatMap((item) => followNode(item, segments, at) ?? []));
}
