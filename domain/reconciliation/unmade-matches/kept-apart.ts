import { NamedRecords, placeOf, recordName } from '../carry-forward/named-records.js';
import { countsOf } from '../matching/counts.js';
import {
  isMissing,
  type Break,
  type Match,
  type MatchedRecords,
  type Reconciliation,
} from '../matching/result.js';
import { bookSides, type BookSide, type TradeRecord } from '../trade-record.js';
import { missing } from './records-apart.js';

type Books = Readonly<Record<BookSide, readonly TradeRecord[]>>;

export interface KeepingApart {
  /** All that took part, by side. */
  readonly books: Books;
  /** Of each match that a person has unmade the `recordName`s of its records. */
  readonly unmade: readonly ReadonlySet<string>[];
  readonly uploadOf: (side: BookSide, record: TradeRecord) => string;
  /** Compares some of the records as all were compared. */
  readonly compare: (internal: readonly TradeRecord[], broker: readonly TradeRecord[]) => Reconciliation;
}

const otherSide = { internal: 'broker', broker: 'internal' } as const;

/**
 * A match that a person has unmade is not made again. Its records are compared with what is left, each side of it
 * without the other; what finds nothing then is missing on the other side. Another match with some of the records is
 * another match.
 */
export function keepApart(found: Reconciliation, asked: KeepingApart): Reconciliation {
  if (asked.unmade.length === 0) return found;
  const isUnmade = judgeOf(asked);
  const apart = found.matched.filter(isUnmade);
  if (apart.length === 0) return found;
  const kept = pairsOf(found).filter(({ records }) => !isUnmade(records));
  const open = new OpenRecords(found, apart, asked.books);
  const matches = [...kept];
  const breaks: Break[] = [];
  const searchLimits = [...found.searchLimits];
  for (const records of apart)
    for (const side of bookSides) {
      const other = otherSide[side];
      // Those of its side from other such matches have turns of their own: together they would find each other.
      const hidden = new Set([
        ...records[other].map((one) => placeOf(other, one)),
        ...apart.flatMap((one) => (one === records ? [] : one[side].map((two) => placeOf(side, two)))),
      ]);
      const anew = asked.compare(open.left('internal', hidden), open.left('broker', hidden));
      for (const pair of pairsOf(anew))
        if (!isUnmade(pair.records) && open.take(pair.records)) matches.push(pair);
      for (const one of anew.breaks)
        if (one.internal.length > 0 && one.broker.length > 0 && open.takeNamed(one, hidden)) breaks.push(one);
      searchLimits.push(...anew.searchLimits);
    }
  return {
    ...recounted(found, matches, [...open.stillBroken(found.breaks), ...breaks, ...open.newlyMissing(apart)]),
    searchLimits,
  };
}

interface Pair {
  readonly match: Match;
  readonly records: MatchedRecords;
}

function pairsOf({ matches, matched }: Reconciliation): readonly Pair[] {
  return matches.map((match, index) => ({ match, records: matched[index] ?? { internal: [], broker: [] } }));
}

function judgeOf({ unmade, uploadOf }: KeepingApart): (records: MatchedRecords) => boolean {
  const known = new Map<string, ReadonlySet<string>[]>();
  for (const names of unmade) for (const name of names) known.set(name, [...(known.get(name) ?? []), names]);
  return (records) => {
    const names = bookSides.flatMap((side) =>
      records[side].map((record) => recordName(side, uploadOf(side, record), record.line)),
    );
    return (known.get(names[0] ?? '') ?? []).some(
      (apart) => apart.size === names.length && names.every((name) => apart.has(name)),
    );
  };
}

/** What is in no match, and no break but one that says so: as it was read, so that it can be compared anew. */
class OpenRecords {
  private readonly open: Readonly<Record<BookSide, Map<string, TradeRecord>>> = {
    internal: new Map(),
    broker: new Map(),
  };
  private readonly missingAt = new Map<Break, string>();

  constructor({ matched, breaks }: Reconciliation, apart: readonly MatchedRecords[], books: Books) {
    const named = new NamedRecords(breaks, books);
    const taken = new Set<string>();
    for (const records of matched)
      for (const side of bookSides)
        for (const record of records[side]) if (named.isNamed(side, record)) taken.add(placeOf(side, record));
    for (const one of breaks)
      for (const side of bookSides)
        for (const name of one[side]) {
          const record = named.find(side, name, one, taken);
          if (!record) continue;
          const place = placeOf(side, record);
          taken.add(place);
          if (!isMissing(one)) continue;
          this.open[side].set(place, record);
          this.missingAt.set(one, place);
        }
    for (const side of bookSides) {
      const wanted = new Set(apart.flatMap((records) => records[side].map((one) => placeOf(side, one))));
      for (const record of books[side])
        if (wanted.has(placeOf(side, record))) this.open[side].set(placeOf(side, record), record);
    }
  }

  left(side: BookSide, hidden: ReadonlySet<string>): readonly TradeRecord[] {
    return [...this.open[side]].flatMap(([place, record]) => (hidden.has(place) ? [] : [record]));
  }

  /** @returns false where one of them is taken already */
  take(records: MatchedRecords): boolean {
    const places = bookSides.flatMap((side) =>
      records[side].map((one) => [side, placeOf(side, one)] as const),
    );
    if (!places.every(([side, place]) => this.open[side].has(place))) return false;
    for (const [side, place] of places) this.open[side].delete(place);
    return true;
  }

  takeNamed(found: Break, hidden: ReadonlySet<string>): boolean {
    const books = { internal: this.left('internal', hidden), broker: this.left('broker', hidden) };
    const named = new NamedRecords([found], books);
    const recordsOf = (side: BookSide) => found[side].flatMap((name) => named.find(side, name, found) ?? []);
    return this.take({ internal: recordsOf('internal'), broker: recordsOf('broker') });
  }

  stillBroken(breaks: readonly Break[]): readonly Break[] {
    return breaks.filter((one) => {
      const place = this.missingAt.get(one);
      return place === undefined || bookSides.some((side) => this.open[side].has(place));
    });
  }

  newlyMissing(apart: readonly MatchedRecords[]): readonly Break[] {
    const explanation = 'its match was unmade by hand in an earlier run, and nothing else is this trade';
    return apart.flatMap((records) =>
      bookSides.flatMap((side) =>
        records[side]
          .filter((record) => this.open[side].has(placeOf(side, record)))
          .map((record) => missing(side, record, explanation)),
      ),
    );
  }
}

function recounted(found: Reconciliation, pairs: readonly Pair[], breaks: readonly Break[]): Reconciliation {
  const matches = pairs.map(({ match }) => match);
  const matched = pairs.map(({ records }) => records);
  const { internal, broker, otherDates } = found.counts;
  return {
    ...found,
    counts: countsOf({ internal, broker }, otherDates, matches, breaks),
    matches,
    matched,
    breaks,
  };
}
