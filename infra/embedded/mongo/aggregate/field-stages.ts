import { forEachElement, itemsOf } from '../bson/elements.js';
import { type BsonNode, closeNode, DocumentNode, encodeNode, openDocument } from '../bson/node.js';
import { isNumeric, toPlainNumber } from '../bson/numbers.js';
import { pathSegments, valueAt } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError, notImplemented } from '../errors.js';
import { isOperatorObject } from '../query/field-operators.js';
import { compileProjection } from '../query/projection.js';
import { changeAt } from '../write/change-path.js';
import { compileExpression, type Expression } from './expression.js';
import { mapping, type Stage } from './stage.js';

interface ComputedField {
  readonly path: string;
  readonly compute: Expression;
}

/** `$addFields` and `$set`: nested objects name nested paths, everything else is an expression. */
export function addFieldsStage(operand: BsonValue): Stage {
  return mapping(fieldAdder(operand));
}

export function fieldAdder(operand: BsonValue): (document: Buffer) => Buffer {
  if (!operand.isDocument) throw new CommandError('BadValue', '$addFields specification must be an object');
  const fields: ComputedField[] = [];
  collect(operand, '', fields);
  return (bytes) => {
    const document = BsonValue.document(bytes);
    const root = openDocument(document);
    for (const { path, compute } of fields) setComputed(root, path, compute(document), document);
    return encodeNode(root);
  };
}

function collect(operand: BsonValue, prefix: string, fields: ComputedField[]): void {
  forEachElement(operand, (name, value) => {
    if (name.startsWith('$'))
      throw new CommandError(
        'BadValue',
        `FieldPath field names may not start with '$'. Consider using $getField or $setField. ${name}`,
      );
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (value.isDocument && !isOperatorObject(value) && value.end - value.start > 5)
      collect(value, path, fields);
    else fields.push({ path, compute: compileExpression(value) });
    return undefined;
  });
}

function setComputed(
  root: DocumentNode,
  path: string,
  value: BsonNode | undefined,
  document: BsonValue,
): void {
  const segments = pathSegments(path);
  for (let depth = 1; depth < segments.length; depth += 1) {
    const onTheWay = valueAt(document, segments.slice(0, depth));
    if (onTheWay !== undefined && !onTheWay.isDocument)
      throw notImplemented(`Setting '${path}' below a value that is no object`);
  }
  changeAt(root, segments, value !== undefined, () => value ?? 'remove');
}

/** Plain inclusions and exclusions keep stored bytes; with computed fields the projection includes. */
export function projectStage(operand: BsonValue): Stage {
  if (!operand.isDocument || operand.end - operand.start === 5) {
    throw new CommandError('BadValue', '$project specification must have at least one field');
  }
  const computed: ComputedField[] = [];
  const marks = new DocumentNode();
  forEachElement(operand, (name, value) => {
    if (isMark(value)) marks.fields.set(name, value);
    else computed.push({ path: name, compute: compileExpression(value) });
    return undefined;
  });
  if (computed.some(({ path }) => path.includes('.')))
    throw notImplemented('A computed nested field in $project');
  if (computed.length === 0) return mapping(compileProjection(operand) ?? ((document) => document));
  const named = [...marks.fields].filter(([name]) => name !== '_id');
  if (named.some(([, value]) => !isWanted(value))) {
    throw new CommandError('ExclusionInInclusionProjection', 'Cannot do exclusion in inclusion projection');
  }
  const keepsId = !marks.fields.has('_id') || isWanted(marks.fields.get('_id'));
  const kept = new DocumentNode();
  kept.fields.set('_id', BsonValue.from(keepsId));
  for (const [name] of named) kept.fields.set(name, BsonValue.from(true));
  const project =
    named.length === 0 && !keepsId
      ? (): Buffer => encodeNode(new DocumentNode())
      : compileProjection(BsonValue.document(encodeNode(kept)));
  return mapping((bytes) => {
    const document = BsonValue.document(bytes);
    const root = openDocument(BsonValue.document(project === undefined ? bytes : project(bytes)));
    for (const { path, compute } of computed) {
      const value = compute(document);
      if (value !== undefined) root.fields.set(path, value);
    }
    return encodeNode(root);
  });
}

function isMark(value: BsonValue): boolean {
  if (value.type === BsonType.boolean || isNumeric(value.type)) return true;
  if (!value.isDocument || isOperatorObject(value)) return false;
  let onlyMarks = true;
  forEachElement(value, (_name, inner) => {
    onlyMarks &&= isMark(inner);
    return undefined;
  });
  return onlyMarks;
}

function isWanted(node: BsonNode | undefined): boolean {
  if (!(node instanceof BsonValue)) return true;
  if (node.type === BsonType.boolean) return node.boolean();
  return !isNumeric(node.type) || toPlainNumber(node) !== 0;
}

export function unsetStage(operand: BsonValue): Stage {
  return mapping(fieldRemover(operand));
}

export function fieldRemover(operand: BsonValue): (document: Buffer) => Buffer {
  const names = operand.isArray ? itemsOf(operand) : [operand];
  const unwanted = new DocumentNode();
  for (const name of names) {
    if (name.type !== BsonType.string)
      throw new CommandError('BadValue', '$unset specification must be a string or an array of strings');
    unwanted.fields.set(name.text(), BsonValue.from(0));
  }
  const project = compileProjection(BsonValue.document(encodeNode(unwanted)));
  return project ?? ((document) => document);
}

export function rootReplacer(expression: BsonValue | undefined): (document: Buffer) => Buffer {
  if (expression === undefined)
    throw new CommandError('BadValue', 'no newRoot specified for the $replaceRoot stage');
  const compute = compileExpression(expression);
  return (bytes) => {
    const node = compute(BsonValue.document(bytes));
    const value = node === undefined ? undefined : closeNode(node);
    if (value?.isDocument !== true) {
      throw new CommandError('BadNewRoot', "'newRoot' expression must evaluate to an object");
    }
    return Buffer.from(value.slice());
  };
}
