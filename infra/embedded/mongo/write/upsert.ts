import { ObjectId } from 'bson';
import { fieldsOf, forEachElement, idOf, itemsOf } from '../bson/elements.js';
import { DocumentNode, encodeNode, openDocument } from '../bson/node.js';
import { pathSegments } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { isOperatorObject } from '../query/field-operators.js';
import { changeAt } from './change-path.js';
import { type Update } from './update.js';

/** Collects what the filter says a field must equal: an upserted document begins with it. */
function collectEqualities(filter: BsonValue, into: Map<string, BsonValue>): void {
  forEachElement(filter, (path, operand) => {
    if (path === '$and' || (path === '$or' && operand.isArray && itemsOf(operand).length === 1)) {
      for (const clause of itemsOf(operand)) collectEqualities(clause, into);
    } else if (!path.startsWith('$')) {
      const value = equalityOf(operand);
      if (value !== undefined) {
        if (into.has(path)) {
          throw new CommandError(
            'NotSingleValueField',
            `cannot infer query fields to set, path '${path}' is matched twice`,
          );
        }
        into.set(path, value);
      }
    }
    return undefined;
  });
}

function equalityOf(operand: BsonValue): BsonValue | undefined {
  if (operand.type === BsonType.regex) return undefined;
  if (!isOperatorObject(operand)) return operand;
  const operators = fieldsOf(operand);
  const equal = operators.get('$eq');
  if (equal !== undefined) return equal;
  const list = operators.get('$in') ?? operators.get('$all');
  const [only, ...others] = list?.isArray === true ? itemsOf(list) : [];
  return only === undefined || others.length > 0 || only.type === BsonType.regex || isOperatorObject(only)
    ? undefined
    : only;
}

/** The document an upsert inserts when its filter matched nothing. */
export function upsertedDocument(filter: BsonValue, update: Update): Buffer {
  const equalities = new Map<string, BsonValue>();
  collectEqualities(filter, equalities);
  const seed = new DocumentNode();
  const id = equalities.get('_id');
  if (id !== undefined) seed.fields.set('_id', id);
  if (update.kind !== 'replacement') {
    for (const [path, value] of equalities) changeAt(seed, pathSegments(path), true, () => value);
  }
  return withId(update.apply(encodeNode(seed), { filter, inserting: true }));
}

/** Every stored document begins with its `_id`; one is made for a document that has none. */
export function withId(document: Buffer): Buffer {
  if (document[4] !== 0 && document.toString('latin1', 5, 9) === '_id\0') return document;
  const value = BsonValue.document(document);
  const node = new DocumentNode();
  node.fields.set('_id', idOf(value) ?? BsonValue.from(new ObjectId()));
  for (const [name, field] of openDocument(value).fields) if (name !== '_id') node.fields.set(name, field);
  return encodeNode(node);
}

/** An `_id` may be anything but an array, a regular expression or undefined. */
export function checkId(document: Buffer): void {
  const id = idOf(BsonValue.document(document));
  if (id === undefined) return;
  if (id.isArray || id.type === BsonType.regex || id.type === BsonType.undefined) {
    throw new CommandError(
      'InvalidIdField',
      `The '_id' value cannot be of type ${id.isArray ? 'array' : id.type === BsonType.regex ? 'regex' : 'undefined'}`,
    );
  }
  if (id.isDocument) {
    forEachElement(id, (name) => {
      if (name.startsWith('$'))
        throw new CommandError(
          'DollarPrefixedFieldName',
          `_id fields may not contain '$'-prefixed fields: ${name}`,
        );
      return undefined;
    });
  }
}
