import { assign } from './assignment.js';
import { type Candidate, tieOf } from './candidates.js';
import { workLimits } from './search-limits.js';

/** A pair that may be made; of a smaller whole `cost` if it is better. */
export interface PossiblePair {
  readonly internal: Candidate;
  readonly broker: Candidate;
  readonly cost: number;
}

/** Told of the records of a component that was too large to be solved at once. */
export type OnSolvedInParts = (internal: readonly Candidate[], broker: readonly Candidate[]) => void;

/**
 * The best one-to-one choice among possible pairs: most pairs, then the least cost. Pairs that share no record,
 * directly or through others, cannot disturb each other, so each connected component is solved alone.
 */
export function bestPairs<Pair extends PossiblePair>(
  pairs: readonly Pair[],
  onSolvedInParts?: OnSolvedInParts,
): Pair[] {
  const chosen = componentsOf(pairs).flatMap((component) => bestOfComponent(component, onSolvedInParts));
  return chosen.sort((left, right) => left.internal.order - right.internal.order);
}

function componentsOf<Pair extends PossiblePair>(pairs: readonly Pair[]): Pair[][] {
  const parents = new Map<Candidate, Candidate>();
  const rootOf = (candidate: Candidate): Candidate => {
    let root = candidate;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    for (let step = candidate; step !== root;) {
      const parent = parents.get(step) ?? root;
      parents.set(step, root);
      step = parent;
    }
    return root;
  };
  for (const { internal, broker } of pairs) {
    const left = rootOf(internal);
    const right = rootOf(broker);
    if (left !== right) parents.set(left, right);
  }
  const components = new Map<Candidate, Pair[]>();
  for (const pair of pairs) {
    const root = rootOf(pair.internal);
    const component = components.get(root);
    if (component === undefined) components.set(root, [pair]);
    else component.push(pair);
  }
  return [...components.values()];
}

function bestOfComponent<Pair extends PossiblePair>(
  pairs: readonly Pair[],
  onSolvedInParts?: OnSolvedInParts,
): readonly Pair[] {
  if (pairs.length === 1) return pairs;
  const rows = numbered(pairs.map(({ internal }) => internal));
  const columns = numbered(pairs.map(({ broker }) => broker));
  if (pairs.length * Math.min(rows.size, columns.size) > workLimits.assignment) {
    onSolvedInParts?.([...rows.keys()], [...columns.keys()]);
    return bestInParts(pairs);
  }
  const placed = pairs
    .map((pair) => ({
      pair,
      row: rows.get(pair.internal) ?? 0,
      column: columns.get(pair.broker) ?? 0,
      cost: pair.cost,
      tie: tieOf(pair.internal, pair.broker),
    }))
    .sort((left, right) => left.row - right.row || left.column - right.column);
  const columnOfRow = assign(rows.size, columns.size, placed);
  return placed.filter(({ row, column }) => columnOfRow[row] === column).map(({ pair }) => pair);
}

/** The best among the better half of the pairs, and then the best of what these leave: maximal, and nearly optimal. */
function bestInParts<Pair extends PossiblePair>(pairs: readonly Pair[]): readonly Pair[] {
  const ranked = pairs
    .map((pair) => ({ pair, tie: tieOf(pair.internal, pair.broker) }))
    .sort(
      (left, right) =>
        left.pair.cost - right.pair.cost ||
        left.tie - right.tie ||
        left.pair.internal.order - right.pair.internal.order ||
        left.pair.broker.order - right.pair.broker.order,
    )
    .map(({ pair }) => pair);
  const half = Math.ceil(ranked.length / 2);
  const better = bestPairs(ranked.slice(0, half));
  const taken = new Set<Candidate>(better.flatMap(({ internal, broker }) => [internal, broker]));
  const rest = ranked
    .slice(half)
    .filter(({ internal, broker }) => !taken.has(internal) && !taken.has(broker));
  return [...better, ...bestPairs(rest)];
}

/** Distinct candidates, numbered in canonical order, so that the result does not depend on the order of the pairs. */
function numbered(candidates: readonly Candidate[]): Map<Candidate, number> {
  const distinct = [...new Set(candidates)].sort((left, right) => left.order - right.order);
  return new Map(distinct.map((candidate, index) => [candidate, index]));
}
