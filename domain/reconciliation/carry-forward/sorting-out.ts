import { breakIdOf } from '../breaks/break-id.js';
import type { BreakTerms, Clearing } from '../breaks/events.js';
import { isMissing, type Break, type Match, type MatchedRecords } from '../matching/result.js';
import { bookSides, type BookSide, type TradeRecord } from '../trade-record.js';
import { NamedRecords, placeOf } from './named-records.js';
import type { CarriedRecord, OpenRecord } from './open-records.js';

/** What a comparison found, before it is told from what earlier runs found. */
export interface Compared {
  readonly matches: readonly Match[];
  /** Of each match, in the order of `matches`. */
  readonly matched: readonly MatchedRecords[];
  readonly breaks: readonly Break[];
}

export interface Earlier {
  readonly runId: string;
  readonly carried: readonly CarriedRecord[];
  /** Breaks of the run that this one continues; none otherwise. */
  readonly standing: readonly BreakTerms[];
  /** What the continued run cleared, by the ids of the breaks. */
  readonly clearedBefore: ReadonlyMap<string, ClearedBreak>;
  /** All that took part, by side; carried ones too. */
  readonly books: Readonly<Record<BookSide, readonly TradeRecord[]>>;
  /** The upload of a record. */
  readonly uploadOf: (side: BookSide, record: TradeRecord) => string;
}

export interface ClearedBreak {
  readonly terms: BreakTerms;
  readonly clearing: Clearing;
}

export interface SortedOut {
  readonly matches: readonly Match[];
  /** What nobody found before. */
  readonly breaks: readonly Break[];
  /** Breaks of the continued run that were found again. */
  readonly known: number;
  /** Those that the continued run cleared already are among them, as it said it. */
  readonly cleared: readonly ClearedBreak[];
  /** What the continued run cleared and this one does not. */
  readonly restored: readonly ClearedBreak[];
  /** Carried records that are in a match or in another break now. */
  readonly clearedRecords: number;
  readonly standing: readonly BreakTerms[];
  readonly unmatched: readonly OpenRecord[];
}

/**
 * Tells what a run found from what earlier ones did: a carried record that is still missing is no new break, one that is
 * found clears its old break, and what a continued run found already is the same break still.
 */
export function sortOut({ matches, matched, breaks }: Compared, earlier: Earlier): SortedOut {
  const { runId, carried, standing: standingBefore, clearedBefore, books, uploadOf } = earlier;
  const matchAt = new Map<string, number>();
  const carriedAt = new Map(carried.map((one) => [placeOf(one.side, one.record), one] as const));
  const records = new NamedRecords(breaks, books);
  const taken = new Set<string>();
  const explained = matches.map((match, index) => {
    const notes: string[] = [];
    for (const side of bookSides)
      for (const record of matched[index]?.[side] ?? []) {
        if (records.isNamed(side, record)) taken.add(placeOf(side, record));
        const from = carriedAt.size === 0 ? undefined : carriedAt.get(placeOf(side, record));
        if (!from) continue;
        const place = placeOf(side, record);
        taken.add(place);
        matchAt.set(place, index);
        notes.push(carriedText(from));
      }
    return notes.length === 0 ? match : { ...match, explanation: [match.explanation, ...notes].join('; ') };
  });

  const knownBefore = new Map<string, BreakTerms[]>();
  for (const terms of standingBefore)
    knownBefore.set(contentOf(terms), [...(knownBefore.get(contentOf(terms)) ?? []), terms]);

  const fresh: Break[] = [];
  const standing: BreakTerms[] = [];
  const unmatched: OpenRecord[] = [];
  const brokenAt = new Map<string, string>();
  for (const found of breaks) {
    const named = bookSides.flatMap((side) =>
      found[side].flatMap((name) => {
        const record = records.find(side, name, found, taken);
        return record ? [{ side, record, place: placeOf(side, record) }] : [];
      }),
    );
    for (const { place } of named) taken.add(place);
    // Missing still: its break is the earlier one.
    if (isMissing(found) && named.length > 0 && named.every(({ place }) => carriedAt.has(place))) continue;
    const before = knownBefore.get(contentOf(found))?.shift();
    const terms = before ?? termsOf(withInstrument(found, named[0]?.record), runId, fresh.length);
    if (!before) fresh.push(withInstrument(found, named[0]?.record));
    standing.push(terms);
    for (const { side, record, place } of named) {
      brokenAt.set(place, terms.breakId);
      if (isMissing(found)) unmatched.push({ side, record, terms, uploadId: uploadOf(side, record) });
    }
  }

  const clearedCarried = carried.flatMap(({ side, record, breaks: cleared }): ClearedBreak[] => {
    const place = placeOf(side, record);
    const match = matchAt.get(place);
    const inBreak = brokenAt.get(place);
    if (match === undefined && inBreak === undefined) return [];
    const clearing: Clearing =
      match === undefined
        ? { byRun: runId, how: 'break', ...(inBreak !== undefined && { inBreak }) }
        : { byRun: runId, how: 'match', match };
    return cleared.map((terms) => ({ terms, clearing }));
  });
  const vanished = [...knownBefore.values()].flat();
  const matchNamed = matchesNaming(vanished, explained);
  const clearedKnown = vanished.map((terms): ClearedBreak => {
    const match = matchNamed(terms);
    return {
      terms,
      clearing: match === undefined ? { byRun: runId, how: 'gone' } : { byRun: runId, how: 'match', match },
    };
  });
  const candidates = new Set(carried.flatMap((one) => one.breaks.map(({ breakId }) => breakId)));
  const clearedNow = [...clearedCarried, ...clearedKnown];
  const isClearedNow = new Set(clearedNow.map(({ terms }) => terms.breakId));
  const before = [...clearedBefore.values()].filter(({ terms }) => !isClearedNow.has(terms.breakId));
  const restored = before.filter(({ terms }) => candidates.has(terms.breakId));
  const cleared = [
    ...clearedNow.map((one) => clearedBefore.get(one.terms.breakId) ?? one),
    ...before.filter(({ terms }) => !candidates.has(terms.breakId)),
  ];
  return {
    matches: explained,
    breaks: fresh,
    known: standing.length - fresh.length,
    cleared,
    restored,
    clearedRecords: carried.filter(({ side, record }) => {
      const place = placeOf(side, record);
      return matchAt.has(place) || brokenAt.has(place);
    }).length,
    standing,
    unmatched,
  };
}

function termsOf(found: Break, runId: string, ordinal: number): BreakTerms {
  return { ...found, breakId: breakIdOf(runId, ordinal), runId };
}

function withInstrument(found: Break, record: TradeRecord | undefined): Break {
  return record ? { ...found, symbol: record.symbol, account: record.account } : found;
}

/** Equal breaks of a run and of one that continues it: of the same type, records and worth. */
function contentOf({ type, internal, broker, notional, currency }: Break): string {
  return JSON.stringify([type, internal, broker, notional, currency]);
}

function carriedText({ record, breaks }: CarriedRecord): string {
  const named = breaks.map(({ breakId }) => breakId).join(', ');
  return `carried forward: the record of ${record.tradeDate} that was missing in ${named}`;
}

/** The first match that names a record of a break. */
function matchesNaming(
  wanted: readonly BreakTerms[],
  matches: readonly Match[],
): (terms: BreakTerms) => number | undefined {
  const names = new Map<string, number | undefined>();
  for (const terms of wanted)
    for (const side of bookSides) for (const name of terms[side]) names.set(`${side} ${name}`, undefined);
  if (names.size > 0)
    for (const [index, match] of matches.entries())
      for (const side of bookSides)
        for (const name of match[side]) {
          const key = `${side} ${name}`;
          if (names.has(key) && names.get(key) === undefined) names.set(key, index);
        }
  return (terms) => {
    for (const side of bookSides)
      for (const name of terms[side]) {
        const match = names.get(`${side} ${name}`);
        if (match !== undefined) return match;
      }
    return undefined;
  };
}
