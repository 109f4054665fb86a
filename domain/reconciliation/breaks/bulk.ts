import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import { jobLife } from '../../kernel/job-life.js';
import {
  CompleteBreakBulk,
  FailBreakBulk,
  InterruptBreakBulk,
  RequestBreakBulk,
  RequestRunBulk,
  RetryBreakBulk,
  StartBreakBulk,
  type BulkAction,
} from './commands.js';
import { breakBulkEvents, type BreakAction, type BreakBulkEvent, type BulkTerms } from './events.js';

/** As many breaks as one bulk works on. */
export const largestBulk = 10_000;

export type BreakBulk =
  | { readonly state: 'unknown' }
  | { readonly state: 'open'; readonly attempts: number; readonly terms: BulkTerms }
  | { readonly state: 'completed' }
  | { readonly state: 'failed'; readonly terms: BulkTerms };

const life = jobLife<BreakBulk>('reconciliation', 'bulk');

/** The same action on many breaks: asked for, worked off by a job break by break, and then final. */
export const breakBulk = decider<BreakBulk, BreakBulkEvent>()({
  category: 'breakBulk',
  events: breakBulkEvents,
  commands: {
    RequestBreakBulk,
    RequestRunBulk,
    RetryBreakBulk,
    StartBreakBulk,
    InterruptBreakBulk,
    CompleteBreakBulk,
    FailBreakBulk,
  },
  id: ({ bulkId }) => bulkId,
  initial: { state: 'unknown' },

  decide: {
    RequestBreakBulk: ({ bulkId, filter, action, breaks, policy }, { state }, { actor }) => {
      if (state !== 'unknown') return [];
      const data = { bulkId, action: actionOf(action), by: actor, policy, breaks, filter: { ...filter } };
      return [{ type: 'BreakBulkRequested', data }];
    },

    RequestRunBulk: ({ bulkId, action, breaks, policy, ofRun }, { state }, { actor }) => {
      if (state !== 'unknown') return [];
      const data = { bulkId, action, by: actor, policy, breaks, ...(ofRun !== undefined && { ofRun }) };
      return [{ type: 'BreakBulkRequested', data }];
    },

    RetryBreakBulk: ({ bulkId }, before) => {
      if (before.state === 'failed') return [{ type: 'BreakBulkRequested', data: before.terms }];
      life.open(bulkId, before);
      return [];
    },

    StartBreakBulk: ({ bulkId }, before) => [
      { type: 'BreakBulkStarted', data: { bulkId, attempt: life.nextAttempt(bulkId, before) } },
    ],

    InterruptBreakBulk: ({ bulkId }, before) =>
      life.isOpen(before) ? [{ type: 'BreakBulkInterrupted', data: { bulkId } }] : [],

    CompleteBreakBulk: ({ bulkId, breaks }, before) => {
      if (before.state === 'completed') return [];
      life.open(bulkId, before);
      return [{ type: 'BreakBulkCompleted', data: { bulkId, breaks } }];
    },

    FailBreakBulk: ({ bulkId, reason }, before) => {
      if (before.state === 'failed') return [];
      life.open(bulkId, before);
      return [{ type: 'BreakBulkFailed', data: { bulkId, reason } }];
    },
  },

  evolve: {
    BreakBulkRequested: (_before, { data }) => ({ state: 'open', attempts: 0, terms: data }),
    BreakBulkStarted: (before, { data }) => life.begun(before, data.attempt),
    BreakBulkInterrupted: life.interrupted,
    BreakBulkCompleted: () => ({ state: 'completed' }),
    BreakBulkFailed: (before) => (life.isOpen(before) ? { state: 'failed', terms: before.terms } : before),
  },
});

const fieldsOf: Readonly<Record<BulkAction['kind'], readonly (keyof BulkAction)[]>> = {
  assign: ['to'],
  investigate: [],
  comment: ['text'],
  resolve: ['resolution', 'reason'],
  approve: [],
  reject: ['reason'],
  reopen: ['reason'],
};

/** @throws Rejected `reconciliation.bad-bulk-action` when a field is missing, or one too many */
export function actionOf(asked: BulkAction): BreakAction {
  const { kind, to, text, resolution, reason } = asked;
  const given = Object.keys(asked).filter((field) => field !== 'kind');
  const superfluous = given.filter((field) => !fieldsOf[kind].some((one) => one === field));
  if (superfluous.length > 0) throw badAction(kind, superfluous, 'is no field of it');
  const missing = fieldsOf[kind].filter((field) => asked[field] === undefined);
  if (kind === 'assign' && to !== undefined) return { kind, to };
  if (kind === 'comment' && text !== undefined) return { kind, text };
  if (kind === 'resolve' && resolution !== undefined && reason !== undefined)
    return { kind, resolution, reason };
  if ((kind === 'reject' || kind === 'reopen') && reason !== undefined) return { kind, reason };
  if (kind === 'investigate' || kind === 'approve') return { kind };
  throw badAction(kind, missing, 'is missing');
}

function badAction(kind: string, fields: readonly string[], reason: string): Rejected {
  return new Rejected('reconciliation.bad-bulk-action', `this is no action ${kind}`, {
    problems: fields.map((field) => ({ field: `action.${field}`, reason })),
  });
}
