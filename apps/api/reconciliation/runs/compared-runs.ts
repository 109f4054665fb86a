import type { ListedBreak } from '../../../../projections/reconciliation/breaks.js';

/** A break of the same type and of the same records in one run or in both. */
export interface ComparedBreak {
  readonly type: string;
  readonly internal: readonly string[];
  readonly broker: readonly string[];
  readonly notional: string;
  readonly currency: string;
  readonly breakIds: readonly string[];
}

export interface ComparedRuns {
  readonly onlyInFirst: readonly ComparedBreak[];
  readonly onlyInSecond: readonly ComparedBreak[];
  readonly inBoth: readonly ComparedBreak[];
}

type Compared = Pick<ListedBreak, 'type' | 'internal' | 'broker' | 'notional' | 'currency' | 'breakId'>;

/** Tells apart what two runs found; a break that is there twice is compared twice. */
export function compareRuns(first: readonly Compared[], second: readonly Compared[]): ComparedRuns {
  const waiting = new Map<string, Compared[]>();
  for (const one of second) waiting.set(contentOf(one), [...(waiting.get(contentOf(one)) ?? []), one]);
  const onlyInFirst: ComparedBreak[] = [];
  const inBoth: ComparedBreak[] = [];
  for (const one of first) {
    const other = waiting.get(contentOf(one))?.shift();
    if (other) inBoth.push(lineOf(one, other));
    else onlyInFirst.push(lineOf(one));
  }
  const unmet = new Set([...waiting.values()].flat());
  return {
    onlyInFirst,
    onlyInSecond: second.filter((one) => unmet.has(one)).map((one) => lineOf(one)),
    inBoth,
  };
}

function lineOf(one: Compared, other?: Compared): ComparedBreak {
  const { type, internal, broker, notional, currency, breakId } = one;
  const breakIds = other && other.breakId !== breakId ? [breakId, other.breakId] : [breakId];
  return { type, internal, broker, notional, currency, breakIds };
}

function contentOf({ type, internal, broker }: Compared): string {
  return JSON.stringify([type, internal, broker]);
}
