import { BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { type Environment } from '../store/environment.js';
import { candidatesOf } from './candidates.js';
import { type DocumentStream } from './cursors.js';
import { type Matcher } from './matcher.js';
import { type Plan } from './planner.js';
import { type SortField, sortKeyMaker } from './sort-order.js';

export interface FindRun {
  readonly plan: Plan;
  readonly matches: Matcher;
  readonly sort: readonly SortField[];
  readonly skip: number;
  /** 0 means no limit. */
  readonly limit: number;
  readonly project?: (document: Buffer) => Buffer;
  /** Throws when the collection or the index the plan reads has been dropped meanwhile. */
  readonly assertReadable: () => void;
}

const SORT_MEMORY = 100 * 1024 * 1024;

function* matching(environment: Environment, run: FindRun): DocumentStream {
  for (const { value } of candidatesOf(environment, run.plan)) {
    run.assertReadable();
    yield run.matches(BsonValue.document(value)) ? value : undefined;
  }
  // What was dropped ends early: without this look its rest would seem to be empty.
  run.assertReadable();
}

function isSorted(run: FindRun): boolean {
  return run.plan.kind === 'ids' ? run.plan.keys.length <= 1 : run.plan.sorted;
}

/** Sorts in memory what no index yields in order, keeping only as many as the limit can ever show. */
export function* sorted(stream: DocumentStream, sort: readonly SortField[], keep: number): DocumentStream {
  const keyOf = sortKeyMaker(sort);
  let rows: { readonly key: Buffer; readonly document: Buffer }[] = [];
  let memory = 0;
  const order = (left: { key: Buffer }, right: { key: Buffer }): number => left.key.compare(right.key);
  for (const document of stream) {
    if (document === undefined) {
      yield undefined;
      continue;
    }
    rows.push({ key: keyOf(BsonValue.document(document)), document });
    memory += document.length;
    if (keep > 0 && rows.length >= keep * 2 + 1000) {
      rows = rows.sort(order).slice(0, keep);
      memory = rows.reduce((sum, row) => sum + row.document.length, 0);
    }
    if (memory > SORT_MEMORY) {
      throw new CommandError(
        'QueryExceededMemoryLimitNoDiskUseAllowed',
        `Sort exceeded memory limit of ${SORT_MEMORY} bytes, but did not opt in to external sorting.`,
      );
    }
    yield undefined;
  }
  for (const { document } of rows.sort(order)) yield document;
}

export function* runFind(environment: Environment, run: FindRun): DocumentStream {
  const found = matching(environment, run);
  const needsSorting = run.sort.length > 0 && !isSorted(run);
  const keep = run.limit === 0 ? 0 : run.limit + run.skip;
  const ordered = needsSorting ? sorted(found, run.sort, keep) : found;
  let toSkip = run.skip;
  let given = 0;
  for (const document of ordered) {
    if (document === undefined) yield undefined;
    else if (toSkip > 0) {
      toSkip -= 1;
      yield undefined;
    } else {
      yield run.project === undefined ? document : run.project(document);
      given += 1;
      if (run.limit > 0 && given >= run.limit) return;
    }
  }
}
