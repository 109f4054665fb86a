import { Rejected } from '../../kernel/errors.js';
import type { UnmadeRecords } from '../carry-forward/terms.js';
import type { RunManifest, RunTerms } from '../runs/events.js';
import type { FoundMatch, UnclearMatch, UnmakeMatch } from './commands.js';
import type { UnmadeMatchEvent } from './events.js';

/** A match of a completed run that a person unmade. */
export interface UnmadeMatch extends UnmadeRecords {
  /** Its number in the run. */
  readonly match: number;
  /** How many breaks of the run its records have. */
  readonly breaks: number;
}

export interface Unmaking {
  readonly terms: RunTerms;
  readonly manifest: RunManifest;
  readonly unmade: readonly UnmadeMatch[];
}

const mostOfRun = 1_000;
const mostRecords = 1_000;

/** The ordinal of the next break of a completed run. */
export function nextOrdinal({ manifest, unmade }: Omit<Unmaking, 'terms'>): number {
  return unmade.reduce((ordinal, { breaks }) => ordinal + breaks, manifest.breaks.rows);
}

/**
 * @throws Rejected `reconciliation.run-settles`, `reconciliation.unknown-match`, `reconciliation.run-continued`,
 * `reconciliation.too-many-unmade-matches`, `reconciliation.match-too-large`, `reconciliation.ambiguous-record`,
 * `reconciliation.clearing-under-way`, `reconciliation.run-changed`
 */
export function unmakeMatch(
  { runId, match, reason, sought, continuedBy }: UnmakeMatch,
  run: Unmaking,
  by: string,
): readonly UnmadeMatchEvent[] {
  const { terms, manifest, unmade } = run;
  if (terms.settle)
    throw new Rejected('reconciliation.run-settles', `the matches of run ${runId} are settled`);
  if (unmade.some((one) => one.match === match)) return [];
  if (match >= manifest.matches.rows)
    throw new Rejected(
      'reconciliation.unknown-match',
      `run ${runId} has ${manifest.matches.rows} matches, numbered from 0, and none of the number ${match}`,
    );
  if (continuedBy !== undefined)
    throw new Rejected(
      'reconciliation.run-continued',
      `run ${continuedBy} goes on from run ${runId}: unmake the match there`,
      { continuedBy },
    );
  if (unmade.length >= mostOfRun)
    throw new Rejected(
      'reconciliation.too-many-unmade-matches',
      `at most ${mostOfRun} matches of a run are unmade`,
    );
  const { internal, broker, breaks, records, restored, first } = clear(match, sought);
  if (internal.length + broker.length > mostRecords)
    throw new Rejected(
      'reconciliation.match-too-large',
      `a match of more than ${mostRecords} records is not unmade`,
    );
  // Another match was unmade since the breaks were numbered.
  if (first !== nextOrdinal(run)) throw changed(match);
  return [
    {
      type: 'MatchUnmade',
      data: {
        runId,
        match,
        internal,
        broker,
        first,
        breaks,
        records,
        ...(restored.length > 0 && { restored }),
        reason,
        by,
        tradeDate: terms.tradeDate,
        ...(terms.breakPolicy && { breakPolicy: terms.breakPolicy }),
      },
    },
  ];
}

export function unmadeMatchOf({ data }: UnmadeMatchEvent): UnmadeMatch {
  const { match, breaks, records, restored } = data;
  return {
    match,
    breaks: breaks.length,
    records,
    ...(restored && { restored: restored.map(({ terms }) => terms.breakId) }),
  };
}

export function unmadeRecordsOf({ records, restored }: UnmadeRecords): UnmadeRecords {
  return { records, ...(restored && { restored }) };
}

function clear(match: number, sought: FoundMatch | UnclearMatch | undefined): FoundMatch {
  if (!sought) throw changed(match);
  if (!('unclear' in sought)) return sought;
  const { unclear, what } = sought;
  throw unclear === 'ambiguous-record'
    ? new Rejected(
        'reconciliation.ambiguous-record',
        `${what} names several records, and which of them is in match ${match} cannot be told`,
        { record: what },
      )
    : new Rejected(
        'reconciliation.clearing-under-way',
        `match ${match} clears break ${what}, which is not done yet: try again`,
        { breakId: what },
      );
}

function changed(match: number): Rejected {
  return new Rejected(
    'reconciliation.run-changed',
    `the run changed while match ${match} was looked at: try again`,
  );
}
