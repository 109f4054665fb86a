import {
  breakBulkEvents,
  breakEvents,
  type BreakBulkEvent,
  type BreakEvent,
  type BulkTerms,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

/** A bulk, and how far it is. What is neither applied nor refused by its completion was so already. */
export interface ListedBulk {
  readonly bulkId: string;
  readonly status: 'accepted' | 'running' | 'completed' | 'failed';
  readonly action: BulkTerms['action'];
  readonly filter?: Readonly<Record<string, string>>;
  readonly requestedAt: string;
  readonly requestedBy: string;
  /** How many breaks it works on. */
  readonly breaks: number;
  readonly applied: number;
  /** Of the applied: resolutions that wait for a second person. */
  readonly proposed: number;
  readonly refused: number;
  /** How often each rule said no, by its code. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly completedAt?: string;
  /** Why it failed. */
  readonly reason?: string;
}

type Input = BreakBulkEvent | Exclude<BreakEvent, { type: 'BreakOpened' }>;

const { BreakOpened: _opened, ...actEvents } = breakEvents;

const applied = (bulk: ListedBulk | undefined): ListedBulk | undefined =>
  bulk && { ...bulk, applied: bulk.applied + 1 };

/** What was done before it was given up stays done. */
function again({ completedAt: _completedAt, reason: _reason, ...bulk }: ListedBulk): ListedBulk {
  return { ...bulk, status: 'accepted' };
}

export const breakBulks = projection<ListedBulk, Input>({
  name: 'break-bulks',
  version: 1,
  indexes: [['status']],
  events: { ...breakBulkEvents, ...actEvents },
  key: ({ data }) => data.bulkId ?? [],
  on: {
    BreakBulkRequested: (before, { data: { bulkId, action, breaks, filter }, at, actor }) =>
      before
        ? again(before)
        : {
            bulkId,
            status: 'accepted',
            action,
            ...(filter && { filter }),
            requestedAt: at,
            requestedBy: actor,
            breaks: breaks.rows,
            applied: 0,
            proposed: 0,
            refused: 0,
            refusals: {},
          },
    BreakBulkStarted: (bulk) => bulk && { ...bulk, status: 'running' },
    BreakBulkInterrupted: (bulk) => bulk && { ...bulk, status: 'accepted' },
    BreakBulkCompleted: (bulk, { data, at }) =>
      bulk && { ...bulk, status: 'completed', breaks: data.breaks, completedAt: at },
    BreakBulkFailed: (bulk, { data, at }) =>
      bulk && { ...bulk, status: 'failed', reason: data.reason, completedAt: at },
    BreakAssigned: applied,
    BreakInvestigationStarted: applied,
    BreakCommented: applied,
    BreakResolutionProposed: (bulk) =>
      bulk && { ...bulk, applied: bulk.applied + 1, proposed: bulk.proposed + 1 },
    BreakResolutionRejected: applied,
    BreakResolved: applied,
    BreakReopened: applied,
    BreakEscalated: applied,
    BreakCleared: applied,
    BreakActionRefused: (bulk, { data: { code } }) =>
      bulk && {
        ...bulk,
        refused: bulk.refused + 1,
        refusals: { ...bulk.refusals, [code]: (bulk.refusals[code] ?? 0) + 1 },
      },
  },
});
