import { stringify } from 'csv-stringify';
import { Readable, pipeline } from 'node:stream';
import type { ListedBreak } from '../../../../projections/reconciliation/breaks.js';
import { brokenRecords, matchRateOf } from '../../../../projections/reconciliation/match-rate.js';
import type { ListedRun } from '../../../../projections/reconciliation/runs.js';

export interface RunReport extends Omit<ListedRun, 'manifest'> {
  /** Share of the records of both sides that are in a match, 0 to 1; 1 for two empty books. */
  readonly matchRate: number;
  readonly breaks: readonly ListedBreak[];
}

/** The report of a completed run as one document. */
export async function reportOf(run: ListedRun, breaks: AsyncIterable<ListedBreak>): Promise<RunReport> {
  const { manifest: _manifest, ...fields } = run;
  const found: ListedBreak[] = [];
  for await (const one of breaks) found.push(one);
  return {
    ...fields,
    matchRate: matchRateOf(run.counts ? [run.counts] : [], brokenRecords(found)),
    breaks: found,
  };
}

/** One line a break. No cell can start a formula in a spreadsheet. */
export function reportCsv(breaks: AsyncIterable<ListedBreak>): Readable {
  const rows = async function* () {
    for await (const { internal, broker, ...fields } of breaks)
      yield { ...fields, internal: internal.join(' '), broker: broker.join(' ') };
  };
  const columns = ['breakId', 'type', 'internal', 'broker', 'notional', 'currency', 'explanation', 'foundAt'];
  return pipeline(
    Readable.from(rows()),
    stringify({ header: true, columns, escape_formulas: true, record_delimiter: '\r\n' }),
    // An error of either ends the answer; on its own a pipe would end the process.
    () => undefined,
  );
}
