import { bestPairs, type PossiblePair } from './best-pairs.js';
import { type OpenCandidates, without } from './candidates.js';
import { blockKey } from './compared-fields.js';
import { confidenceOf, differencesOf, disagreements, million, type Yardstick } from './differences.js';
import { explainAgreement } from './explanations.js';
import { type FoundMatch, matchOf } from './outcomes.js';
import { TimeIndex } from './window.js';

/** Step 2. The best one-to-one choice among the pairs of a block whose every difference is within tolerance. */
export function matchWithinTolerance(
  open: OpenCandidates,
  yardstick: Yardstick,
): { readonly matches: readonly FoundMatch[]; readonly open: OpenCandidates } {
  const pairs = bestPairs(pairsWithinTolerance(open, yardstick));
  const taken = new Set(pairs.flatMap(({ internal, broker }) => [internal, broker]));
  const matches = pairs.map(({ internal, broker, cost }) =>
    matchOf(
      ['tolerance', 'nearest'],
      [internal.record],
      [broker.record],
      million - cost,
      explainAgreement(internal.record, broker.record, yardstick),
    ),
  );
  return { matches, open: without(open, taken) };
}

function pairsWithinTolerance({ internal, broker }: OpenCandidates, yardstick: Yardstick): PossiblePair[] {
  const index = new TimeIndex(broker, blockKey, yardstick);
  const pairs: PossiblePair[] = [];
  for (const left of internal) {
    for (const right of index.around(left.record)) {
      const differences = differencesOf(left.record, right.record, yardstick);
      if (disagreements(differences).length > 0) continue;
      const confidence = confidenceOf(differences);
      if (confidence < yardstick.limits.minConfidence) continue;
      pairs.push({ internal: left, broker: right, cost: million - confidence });
    }
  }
  return pairs;
}
