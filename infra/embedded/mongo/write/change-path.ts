import { ArrayNode, type BsonNode, closeNode, DocumentNode, openNode } from '../bson/node.js';
import { type PathSegment } from '../bson/path.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';

const NULL_VALUE = new BsonValue(BsonType.null, Buffer.alloc(0), 0, 0);
const MOST_PADDING = 1_500_000;

/** What becomes of the value at a path: a new value, or 'keep' it as it is, or 'remove' it. */
export type Change = (current: BsonNode | undefined) => BsonNode | 'keep' | 'remove';

function childOf(parent: DocumentNode | ArrayNode, segment: PathSegment): BsonNode | undefined {
  if (parent instanceof DocumentNode) return parent.fields.get(segment.name);
  return segment.position < 0 ? undefined : parent.items[segment.position];
}

function setChild(parent: DocumentNode | ArrayNode, segment: PathSegment, child: BsonNode): void {
  if (parent instanceof DocumentNode) {
    parent.fields.set(segment.name, child);
    return;
  }
  if (segment.position - parent.items.length > MOST_PADDING) {
    throw new CommandError('BadValue', `can't backfill more than ${MOST_PADDING} elements`);
  }
  while (parent.items.length < segment.position) parent.items.push(NULL_VALUE);
  parent.items[segment.position] = child;
}

function removeChild(parent: DocumentNode | ArrayNode, segment: PathSegment): void {
  if (parent instanceof DocumentNode) parent.fields.delete(segment.name);
  else if (segment.position < parent.items.length) parent.items[segment.position] = NULL_VALUE;
}

function notViable(segment: PathSegment, at: string): CommandError {
  return new CommandError('PathNotViable', `Cannot create field '${segment.name}' in element {${at}}`);
}

/** Walks to a path, opening what it passes, and changes the value there; `create` says what is made on the way. */
export function changeAt(
  root: DocumentNode,
  segments: readonly PathSegment[],
  create: boolean,
  change: Change,
): void {
  let parent: DocumentNode | ArrayNode = root;
  const last = segments.length - 1;
  const missing: { parent: DocumentNode | ArrayNode; segment: PathSegment; child: DocumentNode }[] = [];
  for (const [depth, segment] of segments.entries()) {
    if (parent instanceof ArrayNode && segment.position < 0) {
      if (create) throw notViable(segment, segments[depth - 1]?.name ?? '');
      return;
    }
    const child = childOf(parent, segment);
    if (depth === last) {
      const result = change(child);
      if (result === 'keep') return;
      if (result === 'remove') {
        if (child !== undefined) removeChild(parent, segment);
        return;
      }
      for (const link of missing) setChild(link.parent, link.segment, link.child);
      setChild(parent, segment, result);
      return;
    }
    if (child === undefined) {
      if (!create) return;
      const made = new DocumentNode();
      missing.push({ parent, segment, child: made });
      parent = made;
      continue;
    }
    const opened = openNode(child);
    if (opened instanceof BsonValue) {
      if (create) throw notViable(segments[depth + 1] ?? segment, segment.name);
      return;
    }
    setChild(parent, segment, opened);
    parent = opened;
  }
}

export function readAt(root: DocumentNode, segments: readonly PathSegment[]): BsonValue | undefined {
  let found: BsonValue | undefined;
  changeAt(root, segments, false, (current) => {
    found = current === undefined ? undefined : closeNode(current);
    return 'keep';
  });
  return found;
}
