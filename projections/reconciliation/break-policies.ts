import {
  breakPolicyEvents,
  type BreakPolicy,
  type BreakPolicyEvent,
} from '../../domain/reconciliation/contract.js';
import { projection } from '../kernel/projection.js';

export interface ListedBreakPolicy extends BreakPolicy {
  readonly changedAt?: string;
  readonly changedBy?: string;
}

/** The newest policy of a workspace; none where it has the built-in one. */
export const breakPolicies = projection<ListedBreakPolicy, BreakPolicyEvent>({
  name: 'break-policies',
  version: 1,
  events: breakPolicyEvents,
  key: () => 'current',
  on: {
    BreakPolicyChanged: (_before, { data, at, actor }) => ({
      ...data.policy,
      changedAt: at,
      changedBy: actor,
    }),
  },
});
