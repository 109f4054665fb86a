import { type Decimal, sumOfDecimals } from '../../kernel/decimal.js';
import { type Candidate, tieOf } from './candidates.js';
import {
  beyond,
  confidenceOf,
  type Differences,
  feesDifference,
  quantityDifference,
  settlementDifference,
  share,
  weightedPriceDifference,
  type Yardstick,
} from './differences.js';
import { sameTime } from './compared-fields.js';

/** A block and the fills of the other side that add up to it. */
export interface FillGroup {
  readonly block: Candidate;
  readonly fills: readonly Candidate[];
  /** In millionths. */
  readonly confidence: number;
  readonly tie: number;
}

/** The fills looked at for one block, nearest first, and the steps taken among them: the search ends, whatever comes. */
const mostFills = 64;
const mostSteps = 4_096;

/**
 * The best group for one block among the fills inside its window: the highest confidence, then the fewest fills. The
 * search takes what is nearest in price and time first, so that the fills of one order are tried together; it gives up
 * a branch that is too much already or cannot become enough.
 */
export function findFills(
  block: Candidate,
  candidates: readonly Candidate[],
  required: Candidate | undefined,
  yardstick: Yardstick,
): FillGroup | undefined {
  const { limits } = yardstick;
  const wanted = block.record.quantity;
  const fills = nearestFirst(block, candidates, required);
  const remaining = remainingQuantities(fills);
  const isEnough = (sum: Decimal): boolean => quantityDifference(sum, wanted, limits) !== beyond;
  const chosen: Candidate[] = [];
  let best: FillGroup | undefined;
  let steps = 0;

  const search = (index: number, sum: Decimal): void => {
    steps += 1;
    if (chosen.length > 1 && isEnough(sum)) {
      const group = groupOf(block, chosen, yardstick);
      if (group !== undefined && (best === undefined || compareGroups(group, best) < 0)) best = group;
    }
    const fill = fills[index];
    if (fill === undefined || steps > mostSteps) return;
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
  return best;
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

function groupOf(block: Candidate, fills: readonly Candidate[], yardstick: Yardstick): FillGroup | undefined {
  const differences = groupDifferences(block, fills, yardstick);
  if (Object.values(differences).includes(beyond)) return undefined;
  const confidence = confidenceOf(differences);
  if (confidence < yardstick.limits.minConfidence) return undefined;
  const tie = fills.reduce((sum, fill) => sum + tieOf(block, fill), 0);
  return { block, fills: [...fills], confidence, tie };
}

/** The fills as if they were one record: their sums, their weighted price, and the furthest of their dates and times. */
function groupDifferences(block: Candidate, fills: readonly Candidate[], yardstick: Yardstick): Differences {
  const { limits } = yardstick;
  const { record } = block;
  const quantity = sumOfDecimals(fills.map((fill) => fill.record.quantity));
  const notional = fills.reduce((sum, fill) => sum + fill.record.quantity * fill.record.price, 0n);
  let time = 0;
  let settlementDate = 0;
  for (const fill of fills) {
    if (!sameTime(record, fill.record, yardstick.resolution)) {
      const apart = BigInt(Math.abs(record.tradeTime - fill.record.tradeTime));
      time = Math.max(time, share(apart, BigInt(limits.milliseconds)));
    }
    const dates = settlementDifference(record.settlementDate, fill.record.settlementDate, limits);
    settlementDate = Math.max(settlementDate, dates);
  }
  return {
    side: 0,
    currency: 0,
    tradeDate: 0,
    quantity: quantityDifference(quantity, record.quantity, limits),
    price: weightedPriceDifference(record.price * quantity, notional, quantity, limits),
    settlementDate,
    fees: feesDifference(record.fees, sumOfFees(fills), limits),
    time,
  };
}

/** Fees add up only if every fill has sent them. */
export function sumOfFees(fills: readonly Candidate[]): Decimal | undefined {
  const fees = fills.flatMap(({ record }) => record.fees ?? []);
  return fees.length === fills.length ? sumOfDecimals(fees) : undefined;
}
