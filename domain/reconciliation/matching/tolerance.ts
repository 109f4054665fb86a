import { type TradeRecord } from '../trade-record.js';
import { bestPairs, type PossiblePair } from './best-pairs.js';
import { type OpenCandidates, without } from './candidates.js';
import { blockKey, sizedBlockKey } from './compared-fields.js';
import { confidenceOf, differencesOf, disagreements, million, type Yardstick } from './differences.js';
import { explainAgreement } from './explanations.js';
import { type FoundMatch, matchOf } from './outcomes.js';
import { type SearchLimits } from './search-limits.js';
import { around, type Block, blocksOf } from './window.js';
import { usedTolerance, type Yardsticks } from './yardsticks.js';

interface NearPair extends PossiblePair {
  readonly yardstick: Yardstick;
}

/** Step 2. The best one-to-one choice among the pairs of a block whose every difference is within tolerance. */
export function matchWithinTolerance(
  open: OpenCandidates,
  yardsticks: Yardsticks,
  limits: SearchLimits,
): { readonly matches: readonly FoundMatch[]; readonly open: OpenCandidates } {
  const keyOf = (record: TradeRecord): string =>
    yardsticks.wantsEqualQuantities ? sizedBlockKey(record) : blockKey(record);
  const pairs = blocksOf(open, keyOf, yardsticks.reach, 'tolerance', limits)
    .flatMap((block) =>
      bestPairs(pairsWithinTolerance(block, yardsticks), (internal, broker) =>
        limits.add('tolerance', internal, broker, 'solved in parts, not as a whole'),
      ),
    )
    .sort((left, right) => left.internal.order - right.internal.order);
  const taken = new Set(pairs.flatMap(({ internal, broker }) => [internal, broker]));
  const matches = pairs.map(({ internal, broker, cost, yardstick }) =>
    matchOf(
      ['tolerance', 'nearest'],
      [internal.record],
      [broker.record],
      million - cost,
      `${explainAgreement(internal.record, broker.record, yardstick)}${usedTolerance(yardstick)}`,
    ),
  );
  return { matches, open: without(open, taken) };
}

function pairsWithinTolerance({ internal, broker, reach }: Block, yardsticks: Yardsticks): NearPair[] {
  const pairs: NearPair[] = [];
  for (const left of internal) {
    for (const right of around(left.record, broker, reach)) {
      const yardstick = yardsticks.of([left], [right]);
      const differences = differencesOf(left.record, right.record, yardstick);
      if (disagreements(differences).length > 0) continue;
      const confidence = confidenceOf(differences);
      if (confidence < yardstick.limits.minConfidence) continue;
      pairs.push({ internal: left, broker: right, cost: million - confidence, yardstick });
    }
  }
  return pairs;
}
