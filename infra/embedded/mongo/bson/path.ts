import { findField, itemsOf } from './elements.js';
import { BsonType, type BsonValue } from './value.js';

export interface PathSegment {
  readonly name: string;
  readonly bytes: Buffer;
  /** The array position this segment names, or -1. */
  readonly position: number;
}

const compiled = new Map<string, readonly PathSegment[]>();
const MOST_COMPILED = 10_000;

/** Dotted paths are few and asked for often, so each is taken apart once. */
export function pathSegments(path: string): readonly PathSegment[] {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  const segments = path.split('.').map((name) => ({
    name,
    bytes: Buffer.from(name),
    position: /^(0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1,
  }));
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(path, segments);
  return segments;
}

export type Visit = (value: BsonValue | undefined) => boolean;

/**
 * Visits every value a dotted path reaches, through arrays on the way as the server does, until a visit
 * answers true. `undefined` stands for "missing". The last value is given as it is: an array is not opened.
 */
export function visitPath(
  container: BsonValue,
  segments: readonly PathSegment[],
  visit: Visit,
  from = 0,
): boolean {
  const segment = segments[from];
  if (segment === undefined) return visit(container);
  if (container.type === BsonType.document) {
    const field = findField(container, segment.bytes);
    return field === undefined ? visit(undefined) : visitPath(field, segments, visit, from + 1);
  }
  if (container.type === BsonType.array) {
    const items = itemsOf(container);
    const named = segment.position < 0 ? undefined : items[segment.position];
    if (named !== undefined && visitPath(named, segments, visit, from + 1)) return true;
    return items.some((item) => item.type === BsonType.document && visitPath(item, segments, visit, from));
  }
  return visit(undefined);
}

/** Reads a path that leads through objects only; arrays on the way end the search. */
export function valueAt(document: BsonValue, segments: readonly PathSegment[]): BsonValue | undefined {
  let current = document;
  for (const segment of segments) {
    if (current.type !== BsonType.document) return undefined;
    const field = findField(current, segment.bytes);
    if (field === undefined) return undefined;
    current = field;
  }
  return current;
}
