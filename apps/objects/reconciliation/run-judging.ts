import type { RunBook, RunTerms } from '../../../domain/reconciliation/runs/events.js';
import type { ReconciliationTerms } from '../../../domain/reconciliation/matching/reconcile.js';
import type { BookSources } from '../../../domain/reconciliation/matching/exact.js';
import type { ColumnStore } from '../../../infra/objects/columns.js';
import { symbolsOf } from './run-symbols.js';

/** What the records of a run are judged by. */
export async function judgingOf(terms: RunTerms, columns: ColumnStore): Promise<ReconciliationTerms> {
  const { tradeDate, tolerances, overrides, toleranceSet, carryForward } = terms;
  return {
    tradeDate: carryForward ? { from: carryForward.from, to: tradeDate } : tradeDate,
    tolerances,
    overrides,
    toleranceSet,
    sources: sourcesOf(terms),
    crossReference: await symbolsOf(terms, columns),
    timeResolution: coarsestTime(terms),
    salt: terms.runId,
  };
}

/** By the index of the upload within its side; of records that are carried forward it is not known. */
function sourcesOf({ internal, broker }: RunTerms): BookSources {
  const named = (books: readonly RunBook[]) => books.map(({ source }) => source ?? '');
  return { internal: named(internal), broker: named(broker) };
}

function coarsestTime({ internal, broker, carryForward }: RunTerms): number {
  const all = [...internal, ...broker, ...(carryForward?.runs ?? [])];
  return Math.max(...all.map(({ timeResolution }) => timeResolution));
}
