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
      throw new CommandError(28811, `unrecognized option to $unwind stage: ${name}`);
    }
  }
  const path = fields.get('path');
  if (path === undefined) throw new CommandError(28812, 'no path specified to $unwind stage');
  if (path.type !== BsonType.string)
    throw new CommandError(28808, 'expected a string as the path for $unwind stage');
  if (!path.text().startsWith('$')) {
    throw new CommandError(28818, "path option to $unwind stage should be prefixed with a '$'");
  }
  const index = fields.get('includeArrayIndex');
  if (index !== undefined && (index.type !== BsonType.string || index.text() === ''))
    throw new CommandError(
      28810,
      'expected a non-empty string for the includeArrayIndex option to $unwind stage',
    );
  if (index?.text().startsWith('$') === true)
    throw new CommandError(
      28822,
      "includeArrayIndex option to $unwind stage should not be prefixed with a '$'",
    );
  const keep = fields.get('preserveNullAndEmptyArrays');
  if (keep !== undefined && keep.type !== BsonType.boolean)
    throw new CommandError(
      28809,
      'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage',
    );
  return { path: path.text().slice(1), indexField: index?.text(), keepEmpty: keep?.boolean() ?? false };
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
