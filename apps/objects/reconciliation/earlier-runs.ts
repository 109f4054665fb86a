import type { BreakTerms } from '../../../domain/reconciliation/breaks/events.js';
import {
  carriedRecords,
  type CarriedRecord,
  type OpenRecord,
} from '../../../domain/reconciliation/carry-forward/open-records.js';
import type { ClearedBreak } from '../../../domain/reconciliation/carry-forward/sorting-out.js';
import type { RunTerms } from '../../../domain/reconciliation/runs/events.js';
import type { StoredObject } from '../../../domain/reconciliation/stored-object.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { breakListColumns, unmatchedColumns } from '../../../projections/reconciliation/columns.js';
import { toBreak, toOpenRecord } from './break-rows.js';
import { clearedIn } from './cleared-breaks.js';
import { readKeptApart, readUnmade } from './unmade-records.js';

export interface EarlierRuns {
  readonly carried: readonly CarriedRecord[];
  readonly standing: readonly BreakTerms[];
  readonly clearedBefore: ReadonlyMap<string, ClearedBreak>;
  /** Of each match that this run does not make, since it was unmade before, the `recordName`s of its records. */
  readonly keptApart: readonly ReadonlySet<string>[];
}

/** What earlier runs left for this one: all of it in the objects that its terms name. */
export async function readEarlierRuns(
  { internal, broker, carryForward, continues }: RunTerms,
  columns: ColumnStore,
): Promise<EarlierRuns> {
  const runs = carryForward?.runs ?? [];
  const cleared = new Set<string>();
  for (const { matchedByHand = [] } of runs) for (const breakId of matchedByHand) cleared.add(breakId);
  for (const run of runs) for (const { terms } of await clearedIn(run, columns)) cleared.add(terms.breakId);
  const open: OpenRecord[] = [];
  for (const { unmatched, unmade = [] } of runs)
    if (unmatched) {
      for await (const rows of columns.read(unmatchedColumns, unmatched.sha256))
        for (const row of rows) open.push(toOpenRecord(row));
      for (const { records } of unmade) open.push(...(await ownRecords(records, columns)));
    }
  const standing: BreakTerms[] = [];
  if (continues)
    for await (const rows of columns.read(breakListColumns, continues.standing.sha256))
      for (const row of rows) standing.push(toBreak(row).terms);
  for (const { records } of continues?.unmade ?? [])
    for (const { terms } of await ownRecords(records, columns)) standing.push(terms);
  const own = { internal: internal.length, broker: broker.length };
  return {
    carried: carryForward ? carriedRecords(open, cleared, carryForward, own) : [],
    standing,
    clearedBefore: new Map(
      (await clearedIn(continues, columns)).map((one) => [one.terms.breakId, one] as const),
    ),
    keptApart: await readKeptApart(carryForward, continues, columns),
  };
}

/** Of the records of a match that was unmade in a run, those that stood in files of that run. */
async function ownRecords(records: StoredObject, columns: ColumnStore): Promise<readonly OpenRecord[]> {
  return (await readUnmade(records, columns)).filter(({ isCarried }) => !isCarried);
}
