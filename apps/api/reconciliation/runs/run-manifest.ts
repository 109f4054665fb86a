import { Rejected } from '../../../../domain/kernel/errors.js';
import type { ListedRun } from '../../../../projections/reconciliation/runs.js';

/** @throws Rejected `reconciliation.run-not-completed`: a run has results only at its end */
export function manifestOf({
  runId,
  status,
  manifest,
  reason,
}: ListedRun): NonNullable<ListedRun['manifest']> {
  if (manifest) return manifest;
  throw new Rejected('reconciliation.run-not-completed', `run ${runId} has no results: it is ${status}`, {
    status,
    reason: reason ?? null,
  });
}
