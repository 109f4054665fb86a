import { type Candidate, tieOf } from './candidates.js';
import {
  beyond,
  confidenceOf,
  quantityDifference,
  type Sums,
  weightedPriceDifference,
  type Yardstick,
} from './differences.js';
import { groupDifferences, sumsOf } from './group-differences.js';
import { compareTimes } from './window.js';
import { type Yardsticks } from './yardsticks.js';

/** Several records of each side that add up to the same. */
export interface SumGroup {
  readonly internal: readonly Candidate[];
  readonly broker: readonly Candidate[];
  /** In millionths. */
  readonly confidence: number;
  readonly tie: number;
}

export interface SumSearch {
  readonly group: SumGroup | undefined;
  readonly complete: boolean;
  /** Combinations made or compared: the same from either side. */
  readonly work: number;
}

/** Some of the records of one side, and what they add up to. */
interface Subset extends Sums {
  readonly members: readonly Candidate[];
}

/** Of one side of a pool: 12 records have no more. */
const mostSubsets = 4_096;
/** Above it, not even all records of a pool together are compared. */
const mostMembers = 250;

/**
 * The best group among records of both sides inside one window: the fewest records, since many add up to the same by
 * chance sooner than few, then the highest confidence. Of a side with more than 12 records the larger combinations are
 * left out, but for all of them together.
 */
export function findEqualSums(
  internal: readonly Candidate[],
  broker: readonly Candidate[],
  yardsticks: Yardsticks,
  mostWork: number,
): SumSearch {
  const [left, right] = [subsetsOf(internal), subsetsOf(broker)];
  const yardstick = yardsticks.of(internal, broker);
  let work = left.made + right.made;
  for (let records = 4; records <= internal.length + broker.length; records += 1) {
    let best: SumGroup | undefined;
    for (const [size, subsets] of left.bySize) {
      for (const [one, other] of equalQuantities(
        subsets,
        right.bySize.get(records - size) ?? [],
        yardstick,
      )) {
        work += 1;
        if (work > mostWork) return { group: undefined, complete: false, work };
        if (weightedPriceDifference(one, other, yardstick.limits) === beyond) continue;
        const group = groupOf(one.members, other.members, yardsticks);
        if (group !== undefined && (best === undefined || compareSumGroups(group, best) < 0)) best = group;
      }
    }
    if (best !== undefined) return { group: best, complete: true, work };
  }
  return { group: undefined, complete: left.complete && right.complete, work };
}

export function compareSumGroups(left: SumGroup, right: SumGroup): number {
  return (
    left.internal.length + left.broker.length - right.internal.length - right.broker.length ||
    right.confidence - left.confidence ||
    left.tie - right.tie
  );
}

interface Subsets {
  /** Of two records and more, each list by quantity. */
  readonly bySize: ReadonlyMap<number, readonly Subset[]>;
  readonly complete: boolean;
  readonly made: number;
}

function subsetsOf(pool: readonly Candidate[]): Subsets {
  const bySize = new Map<number, Subset[]>();
  let smaller: { readonly last: number; readonly members: readonly Candidate[] }[] = [
    { last: -1, members: [] },
  ];
  let made = 0;
  let size = 0;
  while (size < pool.length && made + combinations(pool.length, size + 1) <= mostSubsets) {
    size += 1;
    smaller = smaller.flatMap(({ last, members }) =>
      pool.slice(last + 1).map((candidate, index) => ({
        last: last + 1 + index,
        members: [...members, candidate],
      })),
    );
    made += smaller.length;
    if (size > 1) bySize.set(size, smaller.map(({ members }) => subsetOf(members)).sort(compareQuantities));
  }
  const complete = size === pool.length;
  if (!complete && pool.length <= mostMembers) bySize.set(pool.length, [subsetOf(pool)]);
  return { bySize, complete, made };
}

function combinations(of: number, size: number): number {
  let count = 1;
  for (let factor = 1; factor <= size; factor += 1) count = (count * (of - size + factor)) / factor;
  return count;
}

function subsetOf(members: readonly Candidate[]): Subset {
  return { members, ...sumsOf(members) };
}

function compareQuantities(left: Subset, right: Subset): number {
  return left.quantity === right.quantity ? 0 : left.quantity < right.quantity ? -1 : 1;
}

/** Pairs whose quantities agree within tolerance: of a longer list those lie together. */
function* equalQuantities(
  left: readonly Subset[],
  right: readonly Subset[],
  { limits }: Yardstick,
): Generator<readonly [Subset, Subset]> {
  const agree = (one: Subset, other: Subset): boolean =>
    quantityDifference(one.quantity, other.quantity, limits) !== beyond;
  let from = 0;
  for (const one of left) {
    for (let first = right[from]; first !== undefined; first = right[from]) {
      if (first.quantity >= one.quantity || agree(one, first)) break;
      from += 1;
    }
    for (let index = from; index < right.length; index += 1) {
      const other = right[index];
      if (other === undefined || !agree(one, other)) break;
      yield [one, other];
    }
  }
}

function groupOf(
  internal: readonly Candidate[],
  broker: readonly Candidate[],
  yardsticks: Yardsticks,
): SumGroup | undefined {
  const yardstick = yardsticks.of(internal, broker);
  const differences = groupDifferences(internal, broker, yardstick);
  if (Object.values(differences).includes(beyond)) return undefined;
  const confidence = confidenceOf(differences);
  if (confidence < yardstick.limits.minConfidence) return undefined;
  let tie = 0;
  for (const left of internal) for (const right of broker) tie += tieOf(left, right);
  return {
    internal: internal.toSorted(compareTimes),
    broker: broker.toSorted(compareTimes),
    confidence,
    tie,
  };
}
