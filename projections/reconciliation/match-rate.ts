import type { ReconciliationCounts } from '../../domain/reconciliation/contract.js';
import type { ListedBreak } from './breaks.js';
import type { ListedRun } from './runs.js';

export type RunWithResults = ListedRun & { readonly counts: ReconciliationCounts };

/** How many records of both sides breaks name. */
export function brokenRecords(breaks: readonly Pick<ListedBreak, 'internal' | 'broker'>[]): number {
  return breaks.reduce((sum, { internal, broker }) => sum + internal.length + broker.length, 0);
}

/** Share of the records of both sides that are in no break, 0 to 1; 1 for empty books. */
export function matchRateOf(counts: readonly ReconciliationCounts[], broken: number): number {
  const records = counts.reduce((sum, { internal, broker }) => sum + internal + broker, 0);
  return records === 0 ? 1 : Math.max(0, records - broken) / records;
}
