import type { BulkItem, BulkOutput } from '../../../domain/reconciliation/breaks/bulk-job.js';
import type { BulkTerms } from '../../../domain/reconciliation/breaks/events.js';
import type { ComputationTools } from '../../../infra/engine/jobs/computation.js';
import { readBreaks } from '../../objects/reconciliation/break-rows.js';

/** Reads the breaks that a bulk works on. */
export async function workOnBreaks(
  { action, by, policy, breaks, ofRun }: BulkTerms,
  { columns }: ComputationTools,
): Promise<BulkOutput> {
  const items: BulkItem[] = [];
  for await (const item of readBreaks(breaks, columns))
    if (ofRun === undefined || item.terms.runId === ofRun)
      // What the run that this one continues cleared is cleared already.
      if (action.kind !== 'clear' || item.clearing?.byRun === action.byRun) items.push(item);
  return { action, by, policy, items };
}
