import { event, type EventOf } from '../../kernel/event.js';
import type { BreakPolicy } from '../breaks/policy-table.js';
import type { BreakTerms } from '../breaks/events.js';

interface OfHand {
  readonly runId: string;
  readonly matchId: string;
  /** The breaks of its records: cleared by the match, and open again without it. */
  readonly breaks: readonly BreakTerms[];
  readonly reason: string;
  /** An actor, as in a command's context. */
  readonly by: string;
  readonly breakPolicy?: BreakPolicy;
}

/** Events of a completed run, whose own matches, breaks and counts stay as computed. */
export const handMatchEvents = {
  /** `differences`: what the records disagree in, in words, for whoever looks at it later. */
  RecordsMatchedByHand: event<
    OfHand & {
      internal: readonly string[];
      broker: readonly string[];
      differences: readonly string[];
    }
  >(),
  HandMatchUndone: event<OfHand>(),
};
export type HandMatchEvent = EventOf<typeof handMatchEvents>;
