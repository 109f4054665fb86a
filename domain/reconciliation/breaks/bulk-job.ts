import type { Job } from '../../kernel/job.js';
import {
  ApplyToBreak,
  CompleteBreakBulk,
  FailBreakBulk,
  InterruptBreakBulk,
  StartBreakBulk,
} from './commands.js';
import {
  type BreakAction,
  breakBulkEvents,
  type BreakBulkEvent,
  type BreakTerms,
  type Clearing,
} from './events.js';
import type { BreakPolicy } from './policy-table.js';

/** A break that a bulk works on, and where the bulk clears breaks, why. */
export interface BulkItem {
  readonly terms: BreakTerms;
  readonly clearing?: Clearing;
}

export interface BulkOutput {
  readonly action: BreakAction;
  readonly by: string;
  readonly policy: BreakPolicy;
  readonly items: readonly BulkItem[];
}

/** The work behind a bulk: breaks in, a command for each out. Each break answers it once. */
export const breakBulkJob: Job<BreakBulkEvent, BulkOutput> = {
  name: 'work-on-breaks',
  events: breakBulkEvents,
  requested: 'BreakBulkRequested',
  finished: ['BreakBulkCompleted', 'BreakBulkFailed'],
  id: ({ data }) => data.bulkId,
  // Each break has a stream of its own.
  atOnce: 32,
  started: (bulkId) => Object.assign(new StartBreakBulk(), { bulkId }),
  interrupted: (bulkId) => Object.assign(new InterruptBreakBulk(), { bulkId }),
  completed: (bulkId, { action, by, policy, items }) => [
    ...items.map(({ terms, clearing }) =>
      Object.assign(new ApplyToBreak(), {
        breakId: terms.breakId,
        terms,
        bulkId,
        by,
        action,
        policy,
        ...(clearing && { clearing }),
      }),
    ),
    Object.assign(new CompleteBreakBulk(), { bulkId, breaks: items.length }),
  ],
  failed: (bulkId, reason) => Object.assign(new FailBreakBulk(), { bulkId, reason }),
};
