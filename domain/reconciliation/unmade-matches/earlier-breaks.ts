import type { KnownBreak } from '../breaks/actions.js';
import type { BreakTerms } from '../breaks/events.js';
import { isUnsettled } from '../breaks/states.js';
import { recordReference, type BookSide, type TradeRecord } from '../trade-record.js';
import type { RestoredBreak } from './events.js';
import { missing } from './records-apart.js';

export interface CandidateOfMatch {
  readonly side: BookSide;
  readonly record: TradeRecord;
  /** Its breaks of earlier runs, where it was carried forward. */
  readonly carried?: readonly BreakTerms[];
}

/**
 * The breaks of earlier runs that a match has cleared, by its records: of those that were carried forward, and of those
 * that the run which this one continues had missing.
 *
 * @param cleared all that the run of the match cleared
 */
export function earlierBreaks(
  matched: readonly CandidateOfMatch[],
  cleared: readonly RestoredBreak[],
): ReadonlyMap<TradeRecord, readonly RestoredBreak[]> {
  const found = new Map<TradeRecord, readonly RestoredBreak[]>();
  const taken = new Set<string>();
  for (const { record, carried } of matched) {
    const ids = new Set((carried ?? []).map(({ breakId }) => breakId));
    const own = cleared.filter(({ terms }) => ids.has(terms.breakId));
    for (const { terms } of own) taken.add(terms.breakId);
    if (own.length > 0) found.set(record, own);
  }
  for (const { side, record, carried } of matched) {
    if (carried) continue;
    const { type, notional } = missing(side, record, '');
    const isOf = (terms: BreakTerms): boolean =>
      terms.type === type && terms[side][0] === recordReference(record) && terms.notional === notional;
    const before = cleared.find(
      ({ terms, clearing }) => clearing.how === 'match' && !taken.has(terms.breakId) && isOf(terms),
    );
    if (!before) continue;
    taken.add(before.terms.breakId);
    found.set(record, [before]);
  }
  return found;
}

/**
 * What becomes of a break that a match had cleared, without the match. What a person has closed stays closed. It is
 * awaited as long as the bulk that clears it has not come to it: opened before that, it would be cleared after all.
 */
export function withoutItsMatch(
  { clearing: { byRun, handMatch } }: RestoredBreak,
  known: KnownBreak | undefined,
): 'open' | 'closed' | 'awaited' {
  if (!known?.bulks.includes(`${byRun}.cleared`)) return 'awaited';
  const isCleared =
    known.state === 'cleared' && known.clearedBy === byRun && known.clearedByMatch === handMatch;
  return isCleared || isUnsettled(known.state) ? 'open' : 'closed';
}
