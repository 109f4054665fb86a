import { type Break, breakTypes, type Match, matchTypes, type ReconciliationCounts } from './result.js';

interface PerSide {
  readonly internal: number;
  readonly broker: number;
}

/** Every key is there, zero included. */
export function countsOf(
  records: PerSide,
  otherDates: PerSide,
  matches: readonly Match[],
  breaks: readonly Break[],
): ReconciliationCounts {
  return { ...records, otherDates, matched: tally(matchTypes, matches), breaks: tally(breakTypes, breaks) };
}

function tally<Type extends string>(
  types: readonly Type[],
  items: readonly { readonly type: Type }[],
): Record<Type, number> {
  const counts = Object.fromEntries(types.map((type) => [type, 0])) as Record<Type, number>;
  for (const { type } of items) counts[type] += 1;
  return counts;
}
