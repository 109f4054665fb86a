import { type OpenCandidates } from './candidates.js';
import { breakOf } from './outcomes.js';
import { type Break } from './result.js';

/** Step 5. What is left is missing on the other side. */
export function findUnmatched({ internal, broker }: OpenCandidates): Break[] {
  return [
    ...internal.map(({ record }) =>
      breakOf(
        'missingAtBroker',
        [record],
        [],
        'no record of the broker is this trade, or differs from it in one field',
      ),
    ),
    ...broker.map(({ record }) =>
      breakOf(
        'missingInternal',
        [],
        [record],
        'no internal record is this trade, or differs from it in one field',
      ),
    ),
  ];
}
