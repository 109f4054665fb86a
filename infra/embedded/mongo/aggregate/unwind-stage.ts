import { fieldsOf, itemsOf } from '../bson/elements.js';
import { closeNode, encodeNode, openDocument } from '../bson/node.js';
import { int64Value } from '../bson/numbers.js';
import { pathSegments, valueAt } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { changeAt } from '../write/change-path.js';
import { type Stage } from './stage.js';

interface Unwind {
  readonly path: string;
  readonly indexField: string | undefined;
  readonly keepEmpty: boolean;
}

function parse(operand: BsonValue): Unwind {
  const fields = operand.isDocument ? fieldsOf(operand) : new Map([['path', operand]]);
  for (const name of fields.keys()) {
    if (!['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(name)) {
      throw new CommandError('BadValue', `unrecognized option to $unwind stage: ${name}`);
    }
  }
  const path = fields.get('path');
  if (path?.type !== BsonType.string || !path.text().startsWith('$')) {
    throw new CommandError('BadValue', "path option to $unwind stage should be prefixed with a '$'");
  }
  return {
    path: path.text().slice(1),
    indexField: fields.get('includeArrayIndex')?.text(),
    keepEmpty: fields.get('preserveNullAndEmptyArrays')?.boolean() ?? false,
  };
}

/** One document for each item of an array. */
export function unwindStage(operand: BsonValue): Stage {
  const { path, indexField, keepEmpty } = parse(operand);
  const segments = pathSegments(path);
  const withItem = (bytes: Buffer, item: BsonValue | undefined, index: BsonValue): Buffer => {
    const root = openDocument(BsonValue.document(bytes));
    changeAt(root, segments, false, () => item ?? 'remove');
    if (indexField !== undefined) changeAt(root, pathSegments(indexField), true, () => index);
    return closeNode(BsonValue.document(encodeNode(root))).bytes;
  };
  const none = BsonValue.from(null);
  return function* (input) {
    for (const bytes of input) {
      yield undefined;
      if (bytes === undefined) continue;
      const value = valueAt(BsonValue.document(bytes), segments);
      if (value?.isArray === true) {
        const items = itemsOf(value);
        for (const [index, item] of items.entries()) yield withItem(bytes, item, int64Value(BigInt(index)));
        if (items.length === 0 && keepEmpty) yield withItem(bytes, undefined, none);
      } else if (value !== undefined && !value.isNullish) yield withItem(bytes, value, none);
      else if (keepEmpty) yield withItem(bytes, value, none);
    }
  };
}
