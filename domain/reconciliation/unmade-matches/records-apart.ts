import { breakIdOf } from '../breaks/break-id.js';
import type { BreakTerms } from '../breaks/events.js';
import type { OpenRecord } from '../carry-forward/open-records.js';
import { breakOf } from '../matching/outcomes.js';
import type { Break } from '../matching/result.js';
import type { BookSide, TradeRecord } from '../trade-record.js';

/** The run and the number of a match that is unmade. */
export interface UnmadeName {
  readonly runId: string;
  readonly match: number;
  readonly strategy: string;
}

export interface RecordsApart {
  /** Of the records that have none from an earlier run. */
  readonly breaks: readonly Break[];
  readonly records: readonly OpenRecord[];
}

export interface MatchedRecord {
  readonly side: BookSide;
  readonly uploadId: string;
  readonly record: TradeRecord;
  /** Its break of an earlier run, where it has one. */
  readonly earlier: BreakTerms | undefined;
}

/**
 * What the records of a match are without it, in the order given: missing on the other side, each with a break of its
 * own, or with the one that it has from an earlier run.
 *
 * @param first ordinal of the first new break
 */
export function recordsApart(
  { runId, match, strategy }: UnmadeName,
  matched: readonly MatchedRecord[],
  first: number,
): RecordsApart {
  const breaks: Break[] = [];
  const records: OpenRecord[] = [];
  const explanation = `match ${match} of this run (${strategy}) was unmade by hand: the run says by whom, and why`;
  for (const { side, uploadId, record, earlier } of matched) {
    if (earlier) {
      records.push({ side, uploadId, record, terms: earlier });
      continue;
    }
    const { symbol, account } = record;
    const found = { ...missing(side, record, explanation), symbol, account };
    records.push({
      side,
      uploadId,
      record,
      terms: { ...found, breakId: breakIdOf(runId, first + breaks.length), runId },
    });
    breaks.push(found);
  }
  return { breaks, records };
}

/** The break of a record that nothing on the other side is. */
export function missing(side: BookSide, record: TradeRecord, explanation: string): Break {
  return side === 'internal'
    ? breakOf('missingAtBroker', [record], [], explanation)
    : breakOf('missingInternal', [], [record], explanation);
}
