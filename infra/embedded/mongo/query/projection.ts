import { fieldsOf, forEachElement, isEmptyContainer, itemsOf } from '../bson/elements.js';
import { ArrayNode, type BsonNode, DocumentNode, encodeNode } from '../bson/node.js';
import { isNumeric, toPlainNumber } from '../bson/numbers.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { isOperatorObject } from './field-operators.js';
import { compileFilter, compileItemTest } from './matcher.js';

export type Projector = (document: Buffer) => Buffer;

/** What one name of a projection says: take or leave it, go into it, or take a part of an array. */
type Rule = 'mark' | Map<string, Rule> | ((value: BsonValue) => BsonValue | ArrayNode | undefined);

interface Parsed {
  readonly rules: Map<string, Rule>;
  inclusion: boolean | undefined;
  id: boolean;
  hasElementMatch: boolean;
}

/** Compiles a projection; undefined when everything is asked for, so that stored bytes are the answer. */
export function compileProjection(projection: BsonValue | undefined): Projector | undefined {
  if (projection === undefined || isEmptyContainer(projection)) return undefined;
  const parsed: Parsed = { rules: new Map(), inclusion: undefined, id: true, hasElementMatch: false };
  parse(projection, '', parsed);
  const idOnly = parsed.rules.size === 0;
  const inclusion = parsed.inclusion ?? (parsed.hasElementMatch || (idOnly && parsed.id));
  if (inclusion) {
    if (parsed.id && !parsed.rules.has('_id')) parsed.rules.set('_id', 'mark');
    return (document) => encodeNode(include(BsonValue.document(document), parsed.rules));
  }
  if (!parsed.id) parsed.rules.set('_id', 'mark');
  return (document) => encodeNode(exclude(BsonValue.document(document), parsed.rules));
}

function parse(projection: BsonValue, prefix: string, parsed: Parsed): void {
  forEachElement(projection, (name, value) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (name.startsWith('$'))
      throw new CommandError(
        'BadValue',
        `FieldPath field names may not start with '$'. Consider using $getField or $setField: ${path}`,
      );
    if (path.endsWith('.$')) throw notImplemented('The positional projection');
    if (value.isDocument && !isOperatorObject(value)) {
      if (isEmptyContainer(value))
        throw new CommandError(
          'BadValue',
          'An empty sub-projection is not a valid value. Found empty object at path',
        );
      parse(value, path, parsed);
    } else if (value.isDocument) {
      add(parsed, path, partOfArray(path, value, parsed));
    } else {
      mark(path, value, parsed);
    }
    return undefined;
  });
}

function mark(path: string, value: BsonValue, parsed: Parsed): void {
  if (value.type !== BsonType.boolean && !isNumeric(value.type))
    throw notImplemented('A computed field in a projection');
  const wanted = value.type === BsonType.boolean ? value.boolean() : toPlainNumber(value) !== 0;
  if (path === '_id') {
    parsed.id = wanted;
    return;
  }
  if (parsed.inclusion !== undefined && parsed.inclusion !== wanted) {
    throw wanted
      ? new CommandError(31253, `Cannot do inclusion on field ${path} in exclusion projection`)
      : new CommandError(31254, `Cannot do exclusion on field ${path} in inclusion projection`);
  }
  parsed.inclusion = wanted;
  add(parsed, path, 'mark');
}

function add(parsed: Parsed, path: string, rule: Rule): void {
  const names = path.split('.');
  const last = names.pop() ?? path;
  let level = parsed.rules;
  for (const name of names) {
    const known = level.get(name);
    if (known !== undefined && !(known instanceof Map)) throw collision(path);
    const next: Map<string, Rule> = known ?? new Map<string, Rule>();
    level.set(name, next);
    level = next;
  }
  if (level.has(last)) throw collision(path);
  level.set(last, rule);
}

function collision(path: string): CommandError {
  return new CommandError(31249, `Path collision at ${path}`);
}

function partOfArray(path: string, operand: BsonValue, parsed: Parsed): Rule {
  const [[operator, argument] = ['', operand]] = fieldsOf(operand);
  if (operator === '$slice') return sliceRule(argument);
  if (operator !== '$elemMatch') throw notImplemented(`${operator} in a projection`);
  if (path.includes('.'))
    throw new CommandError('BadValue', 'Cannot use $elemMatch projection on a nested field.');
  parsed.hasElementMatch = true;
  const onItems = isOperatorObject(argument);
  const matches = onItems ? compileItemTest(argument) : compileFilter(argument);
  return (value) => {
    if (!value.isArray) return undefined;
    const found = itemsOf(value).find((item) => (onItems || item.isDocument) && matches(item));
    return found === undefined ? undefined : new ArrayNode([found]);
  };
}

function sliceRule(argument: BsonValue): Rule {
  const numbers = (argument.isArray ? itemsOf(argument) : [argument]).map(toPlainNumber);
  const [first, second] = numbers;
  if (
    first === undefined ||
    numbers.length > 2 ||
    (numbers.length === 2 && (second === undefined || second <= 0))
  ) {
    throw new CommandError(
      'BadValue',
      '$slice only supports numbers and [skip, limit] arrays with a positive limit',
    );
  }
  return (value) => {
    if (!value.isArray) return value;
    const items = itemsOf(value);
    if (second === undefined) return new ArrayNode(first >= 0 ? items.slice(0, first) : items.slice(first));
    const skip = first >= 0 ? first : Math.max(0, items.length + first);
    return new ArrayNode(items.slice(skip, skip + second));
  };
}

function include(document: BsonValue, rules: ReadonlyMap<string, Rule>): DocumentNode {
  const result = new DocumentNode();
  forEachElement(document, (name, value) => {
    const rule = rules.get(name);
    const kept = rule === undefined ? undefined : includeValue(value, rule);
    if (kept !== undefined) result.fields.set(name, kept);
    return undefined;
  });
  return result;
}

function includeValue(value: BsonValue, rule: Rule): BsonNode | undefined {
  if (rule === 'mark') return value;
  if (typeof rule === 'function') return rule(value);
  if (value.isDocument) return include(value, rule);
  if (!value.isArray) return undefined;
  return new ArrayNode(itemsOf(value).flatMap((item) => includeValue(item, rule) ?? []));
}

function exclude(document: BsonValue, rules: ReadonlyMap<string, Rule>): DocumentNode {
  const result = new DocumentNode();
  forEachElement(document, (name, value) => {
    const rule = rules.get(name);
    const kept = rule === undefined ? value : excludeValue(value, rule);
    if (kept !== undefined) result.fields.set(name, kept);
    return undefined;
  });
  return result;
}

function excludeValue(value: BsonValue, rule: Rule): BsonNode | undefined {
  if (rule === 'mark') return undefined;
  if (typeof rule === 'function') return rule(value);
  if (value.isDocument) return exclude(value, rule);
  if (!value.isArray) return value;
  return new ArrayNode(itemsOf(value).flatMap((item) => excludeValue(item, rule) ?? []));
}
