import { forEachElement, isEmptyContainer, itemsOf } from '../bson/elements.js';
import { DocumentNode, encodeNode, openDocument } from '../bson/node.js';
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
  if (!operand.isDocument) throw new CommandError(40272, '$addFields specification stage must be an object');
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
    if (value.isDocument && !isOperatorObject(value) && !isEmptyContainer(value))
      collect(value, path, fields);
    else fields.push({ path, compute: compileExpression(value) });
    return undefined;
  });
}

function setComputed(
  root: DocumentNode,
  path: string,
  value: BsonValue | undefined,
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

export function projectStage(operand: BsonValue): Stage {
  return mapping(projector(operand));
}

/** Plain inclusions and exclusions keep stored bytes; with computed fields the projection includes. */
export function projector(operand: BsonValue): (document: Buffer) => Buffer {
  if (!operand.isDocument) throw new CommandError(15969, '$project specification must be an object');
  if (isEmptyContainer(operand))
    throw new CommandError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  const computed: ComputedField[] = [];
  const marks = new Map<string, boolean>();
  collectProjection(operand, '', marks, computed);
  if (computed.length === 0) return compileProjection(operand) ?? ((document) => document);
  const named = [...marks].filter(([path]) => path !== '_id');
  const excluded = named.find(([, wanted]) => !wanted);
  if (excluded !== undefined)
    throw new CommandError(
      31254,
      `Invalid $project :: caused by :: Cannot do exclusion on field ${excluded[0]} in inclusion projection`,
    );
  const keepsId = marks.get('_id') !== false;
  const kept = BsonValue.from(Object.fromEntries([['_id', keepsId], ...named]));
  const project = named.length === 0 && !keepsId ? (): Buffer => EMPTY_DOCUMENT : compileProjection(kept);
  return (bytes) => {
    const document = BsonValue.document(bytes);
    const root = openDocument(BsonValue.document(project === undefined ? bytes : project(bytes)));
    for (const { path, compute } of computed) setComputed(root, path, compute(document), document);
    return encodeNode(root);
  };
}

const EMPTY_DOCUMENT = encodeNode(new DocumentNode());

function collectProjection(
  operand: BsonValue,
  prefix: string,
  marks: Map<string, boolean>,
  computed: ComputedField[],
): void {
  forEachElement(operand, (name, value) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    if (value.type === BsonType.boolean) marks.set(path, value.boolean());
    else if (isNumeric(value.type)) marks.set(path, toPlainNumber(value) !== 0);
    else if (value.isDocument && !isOperatorObject(value) && !isEmptyContainer(value))
      collectProjection(value, path, marks, computed);
    else computed.push({ path, compute: projectedExpression(value) });
    return undefined;
  });
}

/** A projection words the refusal of an unknown expression in its own way. */
function projectedExpression(value: BsonValue): Expression {
  try {
    return compileExpression(value);
  } catch (error) {
    if (error instanceof CommandError && error.codeName === 'InvalidPipelineOperator')
      throw new CommandError(31325, `Invalid $project :: caused by :: ${error.message}`);
    throw error;
  }
}

export function unsetStage(operand: BsonValue): Stage {
  return mapping(fieldRemover(operand));
}

export function fieldRemover(operand: BsonValue): (document: Buffer) => Buffer {
  const names = operand.isArray ? itemsOf(operand) : [operand];
  const unwanted = new DocumentNode();
  for (const name of names) {
    if (name.type !== BsonType.string)
      throw new CommandError(
        31120,
        '$unset specification must be a string or an array containing only string values',
      );
    unwanted.fields.set(name.text(), BsonValue.from(0));
  }
  const project = compileProjection(BsonValue.document(encodeNode(unwanted)));
  return project ?? ((document) => document);
}

export function rootReplacer(expression: BsonValue | undefined): (document: Buffer) => Buffer {
  if (expression === undefined)
    throw new CommandError(40231, 'no newRoot specified for the $replaceRoot stage');
  const compute = compileExpression(expression);
  return (bytes) => {
    const value = compute(BsonValue.document(bytes));
    if (value?.isDocument !== true) {
      throw new CommandError(40228, "'newRoot' expression must evaluate to an object");
    }
    return Buffer.from(value.slice());
  };
}
