import { absoluteDifference, type Decimal } from '../../kernel/decimal.js';
import { type TradeRecord } from '../trade-record.js';
import { bestPairs, type PossiblePair } from './best-pairs.js';
import { type OpenCandidates, without } from './candidates.js';
import { type ComparedField, instrumentKey } from './compared-fields.js';
import { confidenceOf, differencesOf, disagreements, million, type Yardstick } from './differences.js';
import { explainField } from './explanations.js';
import { breakOf } from './outcomes.js';
import { type Break } from './result.js';
import { type HeldPair } from './shared-trade-id.js';
import { TimeIndex } from './window.js';

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
  yardstick: Yardstick,
): { readonly breaks: readonly Break[]; readonly open: OpenCandidates } {
  const pairs = bestPairs(differingPairs(open, yardstick));
  const taken = new Set(pairs.flatMap(({ internal, broker }) => [internal, broker]));
  const breaks = [
    ...held.map((pair) => fieldBreak(pair, yardstick, 'the trade id is shared')),
    ...pairs.map((pair) => fieldBreak(pair, yardstick, 'every other compared field agrees')),
  ];
  return { breaks, open: without(open, taken) };
}

function fieldBreak({ internal, broker, field }: HeldPair, { limits }: Yardstick, reason: string): Break {
  const explanation = `${explainField(field, internal.record, broker.record, limits)}; ${reason}`;
  return breakOf(field, [internal.record], [broker.record], explanation);
}

function differingPairs({ internal, broker }: OpenCandidates, yardstick: Yardstick): DifferingPair[] {
  const index = new TimeIndex(broker, instrumentKey, yardstick);
  const pairs: DifferingPair[] = [];
  for (const left of internal) {
    for (const right of index.around(left.record)) {
      const differences = differencesOf(left.record, right.record, yardstick);
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
