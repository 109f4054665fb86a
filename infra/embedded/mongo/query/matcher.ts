import { forEachElement, itemsOf } from '../bson/elements.js';
import { documentNode, encodeNode } from '../bson/node.js';
import { BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { compileExpressionFilter } from './expression-filter.js';
import { compileField, type Matcher } from './field-operators.js';

export { type Matcher } from './field-operators.js';

const NOT_DONE = ['$where', '$text', '$jsonSchema', '$sampleRate'];

/** Turns a filter into a test of raw documents; anything unknown in it is an error, never ignored. */
export function compileFilter(filter: BsonValue | undefined): Matcher {
  const tests: Matcher[] = [];
  if (filter !== undefined) {
    forEachElement(filter, (name, operand) => {
      const test = name.startsWith('$')
        ? compileTopLevel(name, operand)
        : compileField(name, operand, compileFilter);
      if (test !== undefined) tests.push(test);
      return undefined;
    });
  }
  const [first, second] = tests;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return (document) => tests.every((test) => test(document));
}

function compileTopLevel(name: string, operand: BsonValue): Matcher | undefined {
  switch (name) {
    case '$and':
    case '$or':
    case '$nor':
      return combine(name, clausesOf(name, operand));
    case '$comment':
      return undefined;
    case '$expr':
      return compileExpressionFilter(operand);
    case '$alwaysTrue':
      return () => true;
    case '$alwaysFalse':
      return () => false;
    default:
  }
  if (NOT_DONE.includes(name)) throw notImplemented(`The query operator ${name}`);
  throw new CommandError(
    'BadValue',
    `unknown top level operator: ${name}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
  );
}

export function clausesOf(name: string, operand: BsonValue): BsonValue[] {
  if (!operand.isArray) throw new CommandError('BadValue', `${name} must be an array`);
  const clauses = itemsOf(operand);
  if (clauses.length === 0) throw new CommandError('BadValue', '$and/$or/$nor must be a nonempty array');
  if (clauses.some((clause) => !clause.isDocument)) {
    throw new CommandError('BadValue', '$or/$and/$nor entries need to be full objects');
  }
  return clauses;
}

function combine(name: '$and' | '$or' | '$nor', clauses: readonly BsonValue[]): Matcher {
  const tests = clauses.map((clause) => compileFilter(clause));
  if (name === '$and') return (document) => tests.every((test) => test(document));
  if (name === '$or') return (document) => tests.some((test) => test(document));
  return (document) => !tests.some((test) => test(document));
}

const ITEM = 'item';

/** Tests values by themselves, as `$pull` and `$elemMatch` do with the items of an array. */
export function compileItemTest(condition: BsonValue): (item: BsonValue) => boolean {
  const matches = compileField(ITEM, condition, compileFilter);
  return (item) => matches(BsonValue.document(encodeNode(documentNode([[ITEM, item]]))));
}
