import { type Candidate, type OpenCandidates } from './candidates.js';
import { breakOf } from './outcomes.js';
import { type Break } from './result.js';
import { type SearchLimits } from './search-limits.js';
import { usedTolerance, type Yardsticks } from './yardsticks.js';

/** Step 5. What is left is missing on the other side. */
export function findUnmatched(
  { internal, broker }: OpenCandidates,
  yardsticks: Yardsticks,
  limits: SearchLimits,
): Break[] {
  const used = (candidate: Candidate): string =>
    `${usedTolerance(yardsticks.of([candidate], []))}${limits.textFor(candidate)}`;
  return [
    ...internal.map((candidate) =>
      breakOf(
        'missingAtBroker',
        [candidate.record],
        [],
        `no record of the broker is this trade, or differs from it in one field${used(candidate)}`,
      ),
    ),
    ...broker.map((candidate) =>
      breakOf(
        'missingInternal',
        [],
        [candidate.record],
        `no internal record is this trade, or differs from it in one field${used(candidate)}`,
      ),
    ),
  ];
}
