import { type Environment } from '../store/environment.js';
import { entriesIn, type TableEntry } from '../store/table-ranges.js';
import { type Plan } from './planner.js';

/** The documents a plan leads to, each once, with their keys; a filter has not been asked yet. */
export function* candidatesOf(environment: Environment, plan: Plan): Generator<TableEntry> {
  switch (plan.kind) {
    case 'ids':
      for (const key of plan.keys) {
        const value = environment.documents.get(key);
        if (value !== undefined) yield { key, value };
      }
      return;
    case 'collection':
      yield* entriesIn(environment.documents, plan.range, plan.reverse);
      return;
    case 'index':
      yield* throughIndex(environment, plan);
  }
}

function* throughIndex(
  environment: Environment,
  { index, ranges, reverse }: Extract<Plan, { kind: 'index' }>,
): Generator<TableEntry> {
  const seen = index.multikey ? new Set<string>() : undefined;
  for (const range of ranges) {
    for (const { value: key } of entriesIn(environment.indexes, range, reverse)) {
      if (seen !== undefined) {
        const identity = key.toString('latin1');
        if (seen.has(identity)) continue;
        seen.add(identity);
      }
      // Between two chunks the document may be gone: then it simply no longer belongs to the result.
      const value = environment.documents.get(key);
      if (value !== undefined) yield { key, value };
    }
  }
}
