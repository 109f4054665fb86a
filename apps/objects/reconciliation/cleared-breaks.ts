import { invariant } from '../../../domain/kernel/errors.js';
import type { ClearedBreak } from '../../../domain/reconciliation/carry-forward/sorting-out.js';
import type { CarriedRun } from '../../../domain/reconciliation/carry-forward/terms.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { readBreaks } from './break-rows.js';

/** What a run cleared, and did not give back since: by a match that was unmade. */
export async function clearedIn(
  run: Pick<CarriedRun, 'cleared' | 'unmade'> | undefined,
  columns: ColumnStore,
): Promise<readonly ClearedBreak[]> {
  const found: ClearedBreak[] = [];
  if (!run?.cleared) return found;
  const restored = new Set((run.unmade ?? []).flatMap((one) => one.restored ?? []));
  for await (const { terms, clearing } of readBreaks(run.cleared, columns)) {
    invariant(clearing !== undefined, 'a cleared break says why');
    if (!restored.has(terms.breakId)) found.push({ terms, clearing });
  }
  return found;
}
