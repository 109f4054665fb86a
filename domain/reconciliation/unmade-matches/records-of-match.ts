import { invariant } from '../../kernel/errors.js';
import type { MatchedRecords } from '../matching/result.js';
import { reconcile, type ReconciliationTerms } from '../matching/reconcile.js';
import { setDuplicatesAside } from '../matching/duplicates.js';
import { recordReference, type BookSide, type TradeRecord } from '../trade-record.js';

/** A match as it is stored. */
export interface NamedMatch {
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly strategy: string;
  readonly confidence: number;
  readonly explanation: string;
}

type Records = readonly TradeRecord[];

/** As many choices of equally named records are compared anew, each by itself. */
const mostChoices = 1_000;

/**
 * The records of a match, which names them. Where several of a side have a name, those are meant that alone make this
 * very match: the same strategy, confidence and explanation.
 *
 * @param taking all records of those names that took part in the run
 * @param terms of the run
 */
export function recordsOfMatch(
  match: NamedMatch,
  taking: Readonly<Record<BookSide, Records>>,
  terms: ReconciliationTerms,
): MatchedRecords | { readonly ambiguous: string } {
  const sides = {
    internal: choicesOf(match.internal, setDuplicatesAside(taking.internal, 'internal').records),
    broker: choicesOf(match.broker, setDuplicatesAside(taking.broker, 'broker').records),
  };
  const choices = [...sides.internal, ...sides.broker];
  const several = choices.find(({ needed, named }) => needed < named.length);
  if (!several)
    return {
      internal: sides.internal.flatMap(({ named }) => named),
      broker: sides.broker.flatMap(({ named }) => named),
    };
  const { name: ambiguous } = several;
  // Counted before any is made: of forty records of a name there are a hundred thousand million choices of twenty.
  if (choices.reduce((product, choice) => product * countOf(choice), 1) > mostChoices) return { ambiguous };
  const possible = eachOf(sides.internal).flatMap((internal) =>
    eachOf(sides.broker).flatMap((broker) =>
      makes(match, { internal, broker }, terms) ? [{ internal, broker }] : [],
    ),
  );
  const [only, another] = possible;
  return only && !another ? only : { ambiguous };
}

interface Choice {
  readonly name: string;
  /** So many of `named` are in the match. */
  readonly needed: number;
  readonly named: Records;
}

function choicesOf(names: readonly string[], records: Records): readonly Choice[] {
  return [...new Set(names)].map((name) => {
    const named = records.filter((record) => recordReference(record) === name);
    const needed = names.filter((one) => one === name).length;
    invariant(named.length >= needed, 'the records of a match are in the files of its run', { name });
    return { name, needed, named };
  });
}

/** How many there are; a number that is too large for that is infinite. */
function countOf({ needed, named: { length } }: Choice): number {
  let count = 1;
  for (let taken = 1; taken <= needed; taken += 1) count = (count * (length - needed + taken)) / taken;
  return count;
}

/** Every choice of so many. */
function choose(count: number, records: Records): readonly Records[] {
  if (count === records.length) return [records];
  if (count === 0) return [[]];
  const [first, ...others] = records;
  if (!first) return [];
  return [...choose(count - 1, others).map((rest) => [first, ...rest]), ...choose(count, others)];
}

function eachOf(choices: readonly Choice[]): readonly Records[] {
  return choices.reduce<readonly Records[]>(
    (before, { needed, named }) => {
      const chosen = choose(needed, named);
      return before.flatMap((records) => chosen.map((more) => [...records, ...more]));
    },
    [[]],
  );
}

function makes(match: NamedMatch, { internal, broker }: MatchedRecords, terms: ReconciliationTerms): boolean {
  const { matches, breaks } = reconcile(internal, broker, terms);
  const [made] = matches;
  return (
    made !== undefined &&
    matches.length === 1 &&
    breaks.length === 0 &&
    made.strategy === match.strategy &&
    made.confidence === match.confidence &&
    // What was carried forward is said behind it.
    match.explanation.startsWith(made.explanation)
  );
}
