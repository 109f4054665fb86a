import { invariant } from '../../../domain/kernel/errors.js';
import type { BreakTerms } from '../../../domain/reconciliation/breaks/events.js';
import {
  carriedRecords,
  type CarriedRecord,
  type OpenRecord,
} from '../../../domain/reconciliation/carry-forward/open-records.js';
import type { ClearedBreak } from '../../../domain/reconciliation/carry-forward/sorting-out.js';
import type { RunTerms } from '../../../domain/reconciliation/events.js';
import type { StoredObject } from '../../../domain/reconciliation/stored-object.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { breakListColumns, unmatchedColumns } from '../../../projections/reconciliation/columns.js';
import { toBreak, toOpenRecord } from './break-rows.js';

export interface EarlierRuns {
  readonly carried: readonly CarriedRecord[];
  readonly standing: readonly BreakTerms[];
  readonly clearedBefore: ReadonlyMap<string, ClearedBreak>;
}

/** What earlier runs left for this one: all of it in the objects that its terms name. */
export async function readEarlierRuns(
  { internal, broker, carryForward, continues }: RunTerms,
  columns: ColumnStore,
): Promise<EarlierRuns> {
  const runs = carryForward?.runs ?? [];
  const cleared = new Set<string>();
  for (const { matchedByHand = [] } of runs) for (const breakId of matchedByHand) cleared.add(breakId);
  for (const run of runs)
    for (const { terms } of await clearedIn(run.cleared, columns)) cleared.add(terms.breakId);
  const open: OpenRecord[] = [];
  for (const { unmatched } of runs)
    if (unmatched)
      for await (const rows of columns.read(unmatchedColumns, unmatched.sha256))
        for (const row of rows) open.push(toOpenRecord(row));
  const standing: BreakTerms[] = [];
  if (continues)
    for await (const rows of columns.read(breakListColumns, continues.standing.sha256))
      for (const row of rows) standing.push(toBreak(row).terms);
  const own = { internal: internal.length, broker: broker.length };
  return {
    carried: carryForward ? carriedRecords(open, cleared, carryForward, own) : [],
    standing,
    clearedBefore: new Map(
      (await clearedIn(continues?.cleared, columns)).map((one) => [one.terms.breakId, one] as const),
    ),
  };
}

async function clearedIn(
  stored: StoredObject | undefined,
  columns: ColumnStore,
): Promise<readonly ClearedBreak[]> {
  const found: ClearedBreak[] = [];
  if (stored)
    for await (const rows of columns.read(breakListColumns, stored.sha256))
      for (const row of rows) {
        const { terms, clearing } = toBreak(row);
        invariant(clearing !== undefined, 'a cleared break says why');
        found.push({ terms, clearing });
      }
  return found;
}
