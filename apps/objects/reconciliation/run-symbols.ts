import type { RunTerms } from '../../../domain/reconciliation/runs/events.js';
import type {
  CrossReference,
  CrossReferenceEntry,
} from '../../../domain/reconciliation/matching/cross-reference.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { crossReferenceColumns } from '../../../projections/reconciliation/columns.js';

/** The symbols that a run resolves by; undefined where its workspace had none. */
export async function symbolsOf(
  { crossReference }: RunTerms,
  columns: ColumnStore,
): Promise<CrossReference | undefined> {
  if (!crossReference) return undefined;
  const { version, instruments: small = [], table } = crossReference;
  const instruments: CrossReferenceEntry[] = [...small];
  if (table)
    for await (const rows of columns.read(crossReferenceColumns, table.sha256)) instruments.push(...rows);
  return { version, instruments };
}
