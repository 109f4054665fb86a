import { successor } from '../bson/order-key.js';
import { type BsonValue } from '../bson/value.js';
import { type CollectionDefinition, type IndexDefinition } from '../store/index-definition.js';
import { LONGEST_KEY, numberPrefix } from '../store/index-keys.js';
import { type KeyRange } from '../store/table-ranges.js';
import { documentRange } from '../store/document-store.js';
import { boundsOf, type ByteInterval, type FieldBounds, fieldKey, rangeInterval } from './bounds.js';
import { type SortField } from './sort-order.js';

/** How the candidates of a query are found; the filter itself is always tested on each of them. */
export type Plan =
  | { readonly kind: 'ids'; readonly keys: readonly Buffer[] }
  | {
      readonly kind: 'collection';
      readonly range: KeyRange;
      readonly reverse: boolean;
      readonly sorted: boolean;
    }
  | {
      readonly kind: 'index';
      readonly index: IndexDefinition;
      readonly ranges: readonly KeyRange[];
      readonly reverse: boolean;
      readonly sorted: boolean;
    };

const MOST_RANGES = 1000;

interface Candidate {
  readonly plan: Plan;
  readonly score: number;
}

export function planQuery(
  collection: CollectionDefinition,
  filter: BsonValue | undefined,
  sort: readonly SortField[],
  hint?: IndexDefinition,
): Plan {
  const bounds = boundsOf(filter);
  const id = bounds.get('_id');
  if (id?.equal !== undefined && (hint === undefined || hint.number === 0)) {
    return { kind: 'ids', keys: idKeys(collection, [id.equal]) };
  }
  if (id?.among !== undefined && sort.length === 0 && hint === undefined) {
    return { kind: 'ids', keys: idKeys(collection, id.among) };
  }
  let best = planCollection(collection, bounds, sort);
  if (hint?.number === 0) return best.plan;
  for (const index of collection.indexes) {
    if (index.number === 0 || (hint !== undefined && hint !== index)) continue;
    // Such an index does not hold every document, so it serves uniqueness and never a search.
    if (index.sparse || index.partialFilter !== undefined) continue;
    const candidate = planIndex(index, bounds, sort);
    if (candidate !== undefined && (hint !== undefined || candidate.score > best.score)) best = candidate;
  }
  return best.plan;
}

/** No document has an `_id` too long for a key, so such an `_id` leads nowhere. */
function idKeys(collection: CollectionDefinition, ids: readonly BsonValue[]): Buffer[] {
  const prefix = numberPrefix(collection.number);
  const keys = ids.map((id) => Buffer.concat([prefix, fieldKey(id, false)]));
  return distinctKeys(keys.filter((key) => key.length <= LONGEST_KEY));
}

function isSearchable({ start, end }: KeyRange): boolean {
  return start.length <= LONGEST_KEY && end.length <= LONGEST_KEY;
}

function distinctKeys(keys: readonly Buffer[]): Buffer[] {
  const sorted = [...keys].sort((left, right) => left.compare(right));
  return sorted.filter((key, position) => position === 0 || sorted[position - 1]?.equals(key) !== true);
}

function planCollection(
  collection: CollectionDefinition,
  bounds: ReadonlyMap<string, FieldBounds>,
  sort: readonly SortField[],
): Candidate {
  const whole = documentRange(collection);
  const interval = rangeInterval(bounds.get('_id') ?? {}, false, false);
  const wanted = interval === undefined ? whole : within(whole.start, interval);
  const range = isSearchable(wanted) ? wanted : whole;
  const [first] = sort;
  // `_id` is unique, so whatever else the sort names cannot matter.
  const sorted = sort.length === 0 || first?.path === '_id';
  const score = (interval === undefined ? 0 : 8) + (sort.length > 0 && sorted ? 4 : 0);
  return {
    plan: { kind: 'collection', range, reverse: sorted && first?.descending === true, sorted },
    score,
  };
}

function within(prefix: Buffer, interval: ByteInterval): KeyRange {
  return { start: Buffer.concat([prefix, interval.start]), end: Buffer.concat([prefix, interval.end]) };
}

function planIndex(
  index: IndexDefinition,
  bounds: ReadonlyMap<string, FieldBounds>,
  sort: readonly SortField[],
): Candidate | undefined {
  let prefixes: Buffer[] = [numberPrefix(index.number)];
  let used = 0;
  let score = 0;
  let interval: ByteInterval | undefined;
  for (const { path, descending } of index.fields) {
    const field = bounds.get(path);
    if (field === undefined) break;
    const values = field.equal === undefined ? field.among : [field.equal];
    if (values !== undefined && prefixes.length * values.length <= MOST_RANGES) {
      const keys = distinctKeys(values.map((value) => fieldKey(value, descending)));
      prefixes = prefixes.flatMap((prefix) => keys.map((key) => Buffer.concat([prefix, key])));
      score += field.equal === undefined ? 9 : 10;
      used += 1;
      // A document with arrays has several entries, none of which need satisfy two conditions together.
      if (index.multikey) break;
      continue;
    }
    interval = rangeInterval(field, descending, index.multikey);
    if (interval !== undefined) score += 6;
    break;
  }
  const direction = index.multikey || prefixes.length !== 1 ? undefined : sortDirection(index, used, sort);
  const sorted = sort.length === 0 || direction !== undefined;
  if (sort.length > 0 && sorted) score += 5;
  if (score === 0) return undefined;
  const ranges = prefixes.map((prefix) =>
    interval === undefined ? { start: prefix, end: successor(prefix) } : within(prefix, interval),
  );
  return { plan: { kind: 'index', index, ranges, reverse: direction === 'backward', sorted }, score };
}

/** Whether reading the index yields the sort: leading fields bound to one value may be skipped. */
function sortDirection(
  index: IndexDefinition,
  equalFields: number,
  sort: readonly SortField[],
): 'forward' | 'backward' | undefined {
  const bound = new Set(index.fields.slice(0, equalFields).map(({ path }) => path));
  const wanted = sort.filter(({ path }) => !bound.has(path));
  const offered = index.fields.slice(equalFields);
  let backward: boolean | undefined;
  for (const [position, field] of wanted.entries()) {
    const candidate = offered[position];
    if (candidate?.path !== field.path) return undefined;
    const turned = candidate.descending !== field.descending;
    if (backward !== undefined && backward !== turned) return undefined;
    backward = turned;
  }
  return backward === true ? 'backward' : 'forward';
}
