import { absoluteDifference, type Decimal, formatDecimal, multiplyDecimals } from '../../kernel/decimal.js';
import { type TradeRecord } from '../trade-record.js';
import { bestPairs, type PossiblePair } from './best-pairs.js';
import { type OpenCandidates, without } from './candidates.js';
import { type ComparedField, instrumentKey } from './compared-fields.js';
import { beyond, confidenceOf, differencesOf, disagreements, million } from './differences.js';
import { explainField } from './explanations.js';
import { breakOf } from './outcomes.js';
import { type Break } from './result.js';
import { type SearchLimits } from './search-limits.js';
import { type HeldPair } from './shared-trade-id.js';
import { around, type Block, blocksOf } from './window.js';
import { usedTolerance, type Yardsticks } from './yardsticks.js';

interface DifferingPair extends PossiblePair {
  readonly field: ComparedField;
}

/**
 * Step 4. Pairs whose only disagreement is one field: those held by their shared trade id, and the best choice among
 * candidates of the same account and symbol inside the window.
 */
export function findOneFieldBreaks(
  open: OpenCandidates,
  held: readonly HeldPair[],
  yardsticks: Yardsticks,
  limits: SearchLimits,
): { readonly breaks: readonly Break[]; readonly open: OpenCandidates } {
  const pairs = blocksOf(open, instrumentKey, yardsticks.reach, 'oneField', limits)
    .flatMap((block) =>
      bestPairs(differingPairs(block, yardsticks), (internal, broker) =>
        limits.add('oneField', internal, broker, 'solved in parts, not as a whole'),
      ),
    )
    .sort((left, right) => left.internal.order - right.internal.order);
  const taken = new Set(pairs.flatMap(({ internal, broker }) => [internal, broker]));
  const breaks = [
    ...held.map((pair) => fieldBreak(pair, yardsticks, 'the trade id is shared')),
    ...pairs.map((pair) => fieldBreak(pair, yardsticks, 'every other compared field agrees')),
  ];
  return { breaks, open: without(open, taken) };
}

function fieldBreak({ internal, broker, field }: HeldPair, yardsticks: Yardsticks, reason: string): Break {
  const yardstick = yardsticks.of([internal], [broker]);
  const difference = explainField(field, internal.record, broker.record, yardstick.limits);
  const explanation = `${difference}; ${reason}${usedTolerance(yardstick)}`;
  const amount = differenceAmount(field, internal.record, broker.record);
  return {
    ...breakOf(field, [internal.record], [broker.record], explanation),
    ...(amount !== undefined && { differenceAmount: formatDecimal(amount) }),
  };
}

/** The larger of the values that are shared within tolerance: what is at most at stake. */
function differenceAmount(field: ComparedField, left: TradeRecord, right: TradeRecord): Decimal | undefined {
  switch (field) {
    case 'fees':
      return left.fees === undefined || right.fees === undefined
        ? undefined
        : absoluteDifference(left.fees, right.fees);
    case 'price':
      return multiplyDecimals(
        absoluteDifference(left.price, right.price),
        left.quantity > right.quantity ? left.quantity : right.quantity,
      );
    case 'quantity':
      return multiplyDecimals(
        absoluteDifference(left.quantity, right.quantity),
        left.price > right.price ? left.price : right.price,
      );
    default:
      return undefined;
  }
}

function differingPairs({ internal, broker, reach }: Block, yardsticks: Yardsticks): DifferingPair[] {
  const pairs: DifferingPair[] = [];
  for (const left of internal) {
    for (const right of around(left.record, broker, reach)) {
      const differences = differencesOf(left.record, right.record, yardsticks.of([left], [right]));
      if (differences.time === beyond) continue;
      const [field, ...others] = disagreements(differences);
      if (field === undefined || others.length > 0) continue;
      const cost = million - confidenceOf(differences) + unlikelihood(field, left.record, right.record);
      pairs.push({ internal: left, broker: right, cost, field });
    }
  }
  return pairs;
}

/**
 * How unlikely a slip in that field is, in millionths, to choose among several partners: a number is the likelier the
 * closer it is, and a wrong code stands between.
 */
function unlikelihood(field: ComparedField, left: TradeRecord, right: TradeRecord): number {
  switch (field) {
    case 'price':
      return relativeDistance(left.price, right.price);
    case 'quantity':
      return relativeDistance(left.quantity, right.quantity);
    case 'fees':
      return relativeDistance(left.fees, right.fees);
    case 'side':
    case 'currency':
    case 'tradeDate':
    case 'settlementDate':
      return million / 2;
  }
}

function relativeDistance(left: Decimal | undefined, right: Decimal | undefined): number {
  if (left === undefined || right === undefined) return 0;
  const [first, second] = [magnitude(left), magnitude(right)];
  const larger = first > second ? first : second;
  if (larger === 0n) return 0;
  const distance = Number((absoluteDifference(left, right) * BigInt(million)) / larger);
  return Math.min(distance, million);
}

function magnitude(value: bigint): bigint {
  return value < 0n ? 0n - value : value;
}
