import { Rejected } from '../../kernel/errors.js';
import type { BreakPolicy } from '../breaks/policy-table.js';
import type { BreakTerms } from '../breaks/events.js';
import type { BookSide } from '../trade-record.js';
import type { MatchByHand, UndoHandMatch, UnmatchedRecord } from './commands.js';
import type { HandMatchEvent } from './events.js';

/** A match of a completed run that a person made. */
export interface HandMatch {
  readonly matchId: string;
  readonly breaks: readonly BreakTerms[];
  readonly isUndone: boolean;
}

export interface HandMatching {
  readonly matches: readonly HandMatch[];
  readonly breakPolicy: BreakPolicy | undefined;
}

const mostOfRun = 1_000;

/**
 * @throws Rejected `reconciliation.record-not-open` for one that is in a match or a break with another record, or whose
 * break is closed; `reconciliation.ambiguous-record`; `reconciliation.too-many-hand-matches`
 */
export function matchByHand(
  { runId, matchId, internal, broker, reason, found, differences }: MatchByHand,
  { matches, breakPolicy }: HandMatching,
  by: string,
): readonly HandMatchEvent[] {
  if (matches.some((one) => one.matchId === matchId)) return [];
  if (matches.length >= mostOfRun)
    throw new Rejected(
      'reconciliation.too-many-hand-matches',
      `a run has at most ${mostOfRun} matches made by hand`,
    );
  const standing = new Set(
    matches.filter(({ isUndone }) => !isUndone).flatMap((one) => one.breaks.map(({ breakId }) => breakId)),
  );
  const named = [
    ...internal.map((name) => oneRecord('internal', name, found)),
    ...broker.map((name) => oneRecord('broker', name, found)),
  ];
  for (const { name, terms, isOpen } of named)
    if (!isOpen || standing.has(terms.breakId))
      throw notOpen(name, `its break ${terms.breakId} is closed or matched by hand already`);
  const judged = breakPolicy && { breakPolicy };
  const breaks = named.map(({ terms }) => terms);
  return [
    {
      type: 'RecordsMatchedByHand',
      data: { runId, matchId, internal, broker, breaks, differences, reason, by, ...judged },
    },
  ];
}

/** @throws Rejected `reconciliation.unknown-match` */
export function undoHandMatch(
  { runId, matchId, reason }: UndoHandMatch,
  { matches, breakPolicy }: HandMatching,
  by: string,
): readonly HandMatchEvent[] {
  const match = matches.find((one) => one.matchId === matchId);
  if (!match)
    throw new Rejected(
      'reconciliation.unknown-match',
      `there is no match ${matchId} that was made by hand in run ${runId}`,
    );
  if (match.isUndone) return [];
  const judged = breakPolicy && { breakPolicy };
  const { breaks } = match;
  return [{ type: 'HandMatchUndone', data: { runId, matchId, breaks, reason, by, ...judged } }];
}

export function evolveHandMatches(
  matches: readonly HandMatch[],
  { type, data: { matchId, breaks } }: HandMatchEvent,
): readonly HandMatch[] {
  return type === 'RecordsMatchedByHand'
    ? [...matches, { matchId, breaks, isUndone: false }]
    : matches.map((one) => (one.matchId === matchId ? { ...one, isUndone: true } : one));
}

function oneRecord(side: BookSide, name: string, found: readonly UnmatchedRecord[]): UnmatchedRecord {
  const [record, another] = found.filter((one) => one.side === side && one.name === name);
  if (!record) throw notOpen(name, `no ${side} record of that name is missing on the other side`);
  if (!another) return record;
  throw new Rejected(
    'reconciliation.ambiguous-record',
    `${name} names several ${side} records that are missing on the other side`,
    { record: name },
  );
}

function notOpen(name: string, why: string): Rejected {
  return new Rejected('reconciliation.record-not-open', `${name} cannot be matched by hand: ${why}`, {
    record: name,
  });
}
