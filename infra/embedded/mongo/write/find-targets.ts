import { BsonValue } from '../bson/value.js';
import { type Engine } from '../engine.js';
import { candidatesOf } from '../query/candidates.js';
import { type Matcher } from '../query/matcher.js';
import { planQuery } from '../query/planner.js';
import { type SortField, sortKeyMaker } from '../query/sort-order.js';
import { type CollectionDefinition, type IndexDefinition } from '../store/index-definition.js';
import { type TableEntry } from '../store/table-ranges.js';

export interface Targets {
  readonly filter: BsonValue;
  readonly matches: Matcher;
  readonly multi: boolean;
  readonly sort: readonly SortField[];
  readonly hint: IndexDefinition | undefined;
}

/**
 * The documents a write is about, collected before the first of them is changed: a changed document must not
 * be met again further on.
 */
export function findTargets(
  engine: Engine,
  collection: CollectionDefinition,
  targets: Targets,
): TableEntry[] {
  const plan = planQuery(collection, targets.filter, targets.sort, targets.hint);
  const sorted = plan.kind === 'ids' ? plan.keys.length <= 1 : plan.sorted;
  const found: TableEntry[] = [];
  for (const entry of candidatesOf(engine.environment, plan)) {
    if (!targets.matches(BsonValue.document(entry.value))) continue;
    found.push(entry);
    if (!targets.multi && (sorted || targets.sort.length === 0)) return found;
  }
  if (targets.multi || found.length < 2) return found;
  const keyOf = sortKeyMaker(targets.sort);
  const first = found
    .map((entry) => ({ entry, key: keyOf(BsonValue.document(entry.value)) }))
    .reduce((least, row) => (row.key.compare(least.key) < 0 ? row : least));
  return [first.entry];
}
