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
import { readBreaks, readOpenRecords } from './break-rows.js';
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
export async function readEarlierRuns(terms: RunTerms, columns: ColumnStore): Promise<EarlierRuns> {
  const { carryForward, continues } = terms;
  const standing: BreakTerms[] = [];
  if (continues) for await (const one of readBreaks(continues.standing, columns)) standing.push(one.terms);
  for (const { records } of continues?.unmade ?? [])
    for (const one of await ownRecords(records, columns)) standing.push(one.terms);
  return {
    carried: await readCarried(terms, columns),
    standing,
    clearedBefore: new Map(
      (await clearedIn(continues, columns)).map((one) => [one.terms.breakId, one] as const),
    ),
    keptApart: await readKeptApart(carryForward, continues, columns),
  };
}

/** The records of earlier runs that take part in this one. */
export async function readCarried(
  { internal, broker, carryForward }: RunTerms,
  columns: ColumnStore,
): Promise<readonly CarriedRecord[]> {
  if (!carryForward) return [];
  const { runs } = carryForward;
  const cleared = new Set<string>();
  for (const { matchedByHand = [] } of runs) for (const breakId of matchedByHand) cleared.add(breakId);
  for (const run of runs) for (const { terms } of await clearedIn(run, columns)) cleared.add(terms.breakId);
  const open: OpenRecord[] = [];
  for (const { unmatched, unmade = [] } of runs)
    if (unmatched) {
      for await (const one of readOpenRecords(unmatched, columns)) open.push(one);
      for (const { records } of unmade) open.push(...(await ownRecords(records, columns)));
    }
  const own = { internal: internal.length, broker: broker.length };
  return carriedRecords(open, cleared, carryForward, own);
}

/** Of the records of a match that was unmade in a run, those that stood in files of that run. */
async function ownRecords(records: StoredObject, columns: ColumnStore): Promise<readonly OpenRecord[]> {
  return (await readUnmade(records, columns)).filter(({ isCarried }) => !isCarried);
}
