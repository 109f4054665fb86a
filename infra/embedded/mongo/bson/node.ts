import { ByteWriter } from './byte-writer.js';
import { forEachElement, itemsOf } from './elements.js';
import { BsonType, BsonValue } from './value.js';

/** A document opened for change: its untouched fields stay the bytes they were. */
export class DocumentNode {
  readonly fields = new Map<string, BsonNode>();
}

export class ArrayNode {
  constructor(readonly items: BsonNode[] = []) {}
}

export type BsonNode = BsonValue | DocumentNode | ArrayNode;

/** Opens one level of a value; scalars stay what they are. */
export function openNode(value: BsonNode): BsonNode {
  if (!(value instanceof BsonValue)) return value;
  if (value.type === BsonType.document) return openDocument(value);
  if (value.type === BsonType.array) return new ArrayNode(itemsOf(value));
  return value;
}

export function openDocument(value: BsonValue): DocumentNode {
  const node = new DocumentNode();
  forEachElement(value, (name, field) => {
    node.fields.set(name, field);
    return undefined;
  });
  return node;
}

function typeOf(node: BsonNode): number {
  if (node instanceof BsonValue) return node.type;
  return node instanceof DocumentNode ? BsonType.document : BsonType.array;
}

function writeNode(writer: ByteWriter, node: BsonNode): void {
  if (node instanceof BsonValue) {
    writer.copy(node.bytes, node.start, node.end);
    return;
  }
  const start = writer.length;
  writer.int32(0);
  if (node instanceof DocumentNode) {
    for (const [name, field] of node.fields) writeElement(writer, name, field);
  } else {
    for (const [index, item] of node.items.entries()) writeElement(writer, String(index), item);
  }
  writer.byte(0);
  writer.bytes.writeInt32LE(writer.length - start, start);
}

function writeElement(writer: ByteWriter, name: string, node: BsonNode): void {
  writer.byte(typeOf(node));
  writer.zeroTerminated(name);
  writeNode(writer, node);
}

/** The bytes of a document or array node. */
export function encodeNode(node: BsonNode): Buffer {
  const writer = new ByteWriter(512);
  writeNode(writer, node);
  return writer.take();
}

/** Closes a node into a value, for comparing and for keys. */
export function closeNode(node: BsonNode): BsonValue {
  if (node instanceof BsonValue) return node;
  const bytes = encodeNode(node);
  return new BsonValue(typeOf(node), bytes, 0, bytes.length);
}

export function documentNode(fields: Iterable<readonly [string, BsonNode]>): DocumentNode {
  const node = new DocumentNode();
  for (const [name, field] of fields) node.fields.set(name, field);
  return node;
}
