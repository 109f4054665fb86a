import { type Decimal } from '../../kernel/decimal.js';
import { type Candidate, tieOf } from './candidates.js';
import { beyond, confidenceOf, million, quantityDifference } from './differences.js';
import { groupDifferences } from './group-differences.js';
import { type Yardsticks } from './yardsticks.js';

/** A block and the fills of the other side that add up to it. */
export interface FillGroup {
  readonly block: Candidate;
  readonly fills: readonly Candidate[];
  /** In millionths. */
  readonly confidence: number;
  readonly tie: number;
}

export interface FillSearch {
  readonly group: FillGroup | undefined;
  /** Whether every combination was tried, or could not have been a group. */
  readonly complete: boolean;
}

/** The fills looked at for one block, nearest first. */
const mostFills = 64;

/**
 * The best group for one block among the fills inside its window: the highest confidence, then the fewest fills. The
 * search takes what is nearest in price and time first, so that the fills of one order are tried together; it gives up
 * a branch that is too much already or cannot become enough, and ends after `mostSteps`.
 */
export function findFills(
  block: Candidate,
  candidates: readonly Candidate[],
  required: Candidate | undefined,
  yardsticks: Yardsticks,
  mostSteps: number,
): FillSearch {
  const wanted = block.record.quantity;
  const fills = nearestFirst(block, candidates, required);
  const { limits } = yardsticks.of([block], fills);
  const remaining = remainingQuantities(fills);
  const isEnough = (sum: Decimal): boolean => quantityDifference(sum, wanted, limits) !== beyond;
  const chosen: Candidate[] = [];
  let best: FillGroup | undefined;
  let steps = 0;

  const search = (index: number, sum: Decimal): void => {
    steps += 1;
    if (chosen.length > 1 && isEnough(sum)) {
      const group = groupOf(block, chosen, yardsticks);
      if (group !== undefined && (best === undefined || compareGroups(group, best) < 0)) best = group;
    }
    const fill = fills[index];
    if (fill === undefined || steps > mostSteps || isPerfect(best)) return;
    const reachable = (sum + (remaining[index] ?? 0n)) as Decimal;
    if (reachable < wanted && !isEnough(reachable)) return;
    const larger = (sum + fill.record.quantity) as Decimal;
    if (larger <= wanted || isEnough(larger)) {
      chosen.push(fill);
      search(index + 1, larger);
      chosen.pop();
    }
    if (fill !== required) search(index + 1, sum);
  };
  search(0, 0n as Decimal);
  return {
    group: best,
    complete: isPerfect(best) || (steps <= mostSteps && fills.length === candidates.length),
  };
}

/** No other could be better. */
function isPerfect(group: FillGroup | undefined): boolean {
  return group?.confidence === million && group.fills.length === 2;
}

/** The better group comes first; what is equally good is ordered alike from either side. */
export function compareGroups(left: FillGroup, right: FillGroup): number {
  return right.confidence - left.confidence || left.fills.length - right.fills.length || left.tie - right.tie;
}

function nearestFirst(block: Candidate, candidates: readonly Candidate[], required: Candidate | undefined) {
  const { price, tradeTime } = block.record;
  const distances = candidates.map((fill) => ({
    fill,
    isRequired: fill === required ? 0 : 1,
    price: fill.record.price < price ? price - fill.record.price : fill.record.price - price,
    time: Math.abs(fill.record.tradeTime - tradeTime),
  }));
  distances.sort(
    (left, right) =>
      left.isRequired - right.isRequired ||
      (left.price === right.price ? 0 : left.price < right.price ? -1 : 1) ||
      left.time - right.time ||
      left.fill.order - right.fill.order,
  );
  return distances.slice(0, mostFills).map(({ fill }) => fill);
}

/** What the fills from each index on add up to. */
function remainingQuantities(fills: readonly Candidate[]): readonly bigint[] {
  const sums: bigint[] = [];
  let sum = 0n;
  for (const { record } of fills.toReversed()) {
    sum += record.quantity;
    sums.push(sum);
  }
  return sums.reverse();
}

function groupOf(
  block: Candidate,
  fills: readonly Candidate[],
  yardsticks: Yardsticks,
): FillGroup | undefined {
  const yardstick = yardsticks.of([block], fills);
  const differences = groupDifferences([block], fills, yardstick);
  if (Object.values(differences).includes(beyond)) return undefined;
  const confidence = confidenceOf(differences);
  if (confidence < yardstick.limits.minConfidence) return undefined;
  const tie = fills.reduce((sum, fill) => sum + tieOf(block, fill), 0);
  return { block, fills: [...fills], confidence, tie };
}
