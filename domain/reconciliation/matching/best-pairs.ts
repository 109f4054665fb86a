import { assign } from './assignment.js';
import { type Candidate, tieOf } from './candidates.js';

/** A pair that may be made; of a smaller whole `cost` if it is better. */
export interface PossiblePair {
  readonly internal: Candidate;
  readonly broker: Candidate;
  readonly cost: number;
}

/**
 * The best one-to-one choice among possible pairs: most pairs, then the least cost. Pairs that share no record,
 * directly or through others, cannot disturb each other, so each connected component is solved alone.
 */
export function bestPairs<Pair extends PossiblePair>(pairs: readonly Pair[]): Pair[] {
  const chosen = componentsOf(pairs).flatMap((component) => bestOfComponent(component));
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

function bestOfComponent<Pair extends PossiblePair>(pairs: readonly Pair[]): readonly Pair[] {
  if (pairs.length === 1) return pairs;
  const rows = numbered(pairs.map(({ internal }) => internal));
  const columns = numbered(pairs.map(({ broker }) => broker));
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

/** Distinct candidates, numbered in canonical order, so that the result does not depend on the order of the pairs. */
function numbered(candidates: readonly Candidate[]): Map<Candidate, number> {
  const distinct = [...new Set(candidates)].sort((left, right) => left.order - right.order);
  return new Map(distinct.map((candidate, index) => [candidate, index]));
}
