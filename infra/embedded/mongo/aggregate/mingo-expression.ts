import { Context, evalExpr } from 'mingo/core';
import * as expressionOperators from 'mingo/operators/expression';
import { type BsonNode } from '../bson/node.js';
import { compareValues } from '../bson/compare.js';
import { forEachElement } from '../bson/elements.js';
import { BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { fromPlain, toPlain } from './plain-values.js';

/** Operators whose answer mingo gives differently, or that run code: refused rather than approximated. */
const REFUSED = new Set([
  '$function',
  '$accumulator',
  '$rand',
  '$sampleRate',
  '$convert',
  '$toDecimal',
  '$toLong',
  '$toDouble',
  '$type',
  '$toHashedIndexKey',
  '$regexMatch',
  '$regexFind',
  '$regexFindAll',
  '$median',
  '$percentile',
  '$sortArray',
  '$setEquals',
  '$setUnion',
  '$setIntersection',
  '$setDifference',
  '$setIsSubset',
  '$maxN',
  '$minN',
  '$sigmoid',
]);

type Operator = (object: unknown, expression: unknown, options: Parameters<typeof evalExpr>[2]) => unknown;

const NOTHING = BsonValue.from(undefined);

function comparing(name: string, answer: (compared: number) => unknown): Operator {
  return (object, expression, options) => {
    const values: unknown = evalExpr(object, expression, options);
    if (!Array.isArray(values) || values.length !== 2) {
      throw new CommandError('BadValue', `Expression ${name} takes exactly 2 arguments`);
    }
    const [left, right] = values.map((value) => fromPlain(value) ?? NOTHING);
    return answer(Math.sign(compareValues(left ?? NOTHING, right ?? NOTHING)));
  };
}

/** Comparisons follow the server's order of types, which mingo's own do not. */
const COMPARISONS: Readonly<Record<`$${string}`, Operator>> = {
  $eq: comparing('$eq', (compared) => compared === 0),
  $ne: comparing('$ne', (compared) => compared !== 0),
  $gt: comparing('$gt', (compared) => compared > 0),
  $gte: comparing('$gte', (compared) => compared >= 0),
  $lt: comparing('$lt', (compared) => compared < 0),
  $lte: comparing('$lte', (compared) => compared <= 0),
  $cmp: comparing('$cmp', (compared) => compared),
};

const KNOWN: ReadonlySet<string> = new Set(Object.keys(expressionOperators));

const OPTIONS = {
  context: Context.init({ expression: { ...expressionOperators, ...COMPARISONS } }),
  scriptEnabled: false,
  useStrictMode: true,
  failOnError: true,
} as const;

interface References {
  readonly fields: Set<string>;
  whole: boolean;
}

function inspect(expression: unknown, references: References): void {
  if (typeof expression === 'string' && expression.startsWith('$')) {
    const [first = ''] = expression.split('.');
    if (!first.startsWith('$$')) references.fields.add(first.slice(1));
    else if (first === '$$ROOT' || first === '$$CURRENT') references.whole = true;
  } else if (Array.isArray(expression)) {
    for (const item of expression) inspect(item, references);
  } else if (
    typeof expression === 'object' &&
    expression !== null &&
    Object.getPrototypeOf(expression) === Object.prototype
  ) {
    for (const [name, value] of Object.entries(expression)) {
      if (name.startsWith('$')) checkOperator(name);
      if (name !== '$literal') inspect(value, references);
    }
  }
}

function checkOperator(name: string): void {
  if (REFUSED.has(name)) throw notImplemented(`The expression ${name}`);
  if (!KNOWN.has(name))
    throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
}

/** Computes an expression with mingo, on just the fields it names. */
export function compileWithMingo(expression: BsonValue): (document: BsonValue) => BsonNode | undefined {
  const plain = toPlain(expression);
  const references: References = { fields: new Set(), whole: false };
  inspect(plain, references);
  return (document) => {
    const input: Record<string, unknown> = {};
    forEachElement(document, (name, value) => {
      if (references.whole || references.fields.has(name)) input[name] = toPlain(value);
      return undefined;
    });
    try {
      return fromPlain(evalExpr(input, plain, OPTIONS as never));
    } catch (error) {
      if (error instanceof CommandError) throw error;
      throw new CommandError('OperationFailed', error instanceof Error ? error.message : String(error));
    }
  };
}
