import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import { ChangeBreakPolicy } from './commands.js';
import { breakPolicyEvents, type BreakPolicyEvent } from './events.js';
import { builtInPolicy, policyProblems, type BreakPolicy } from './policy-table.js';

/** There is one in each workspace. */
export const breakPolicyId = 'current';

/** How the breaks of a workspace are judged; version 0 is the built-in table. */
export const breakPolicy = decider<BreakPolicy, BreakPolicyEvent>()({
  category: 'breakPolicy',
  events: breakPolicyEvents,
  commands: { ChangeBreakPolicy },
  id: () => breakPolicyId,
  initial: builtInPolicy,

  decide: {
    ChangeBreakPolicy: ({ severityFrom, ageing, approvalAbove }, before) => {
      const table = { severityFrom, ageing, approvalAbove };
      const problems = policyProblems(table);
      if (problems.length > 0)
        throw new Rejected('reconciliation.bad-break-policy', 'breaks cannot be judged by this table', {
          problems: problems.map(({ field, reason }) => ({ field, reason })),
        });
      const { version, ...standing } = before;
      if (JSON.stringify(standing) === JSON.stringify(table)) return [];
      return [{ type: 'BreakPolicyChanged', data: { policy: { version: version + 1, ...table } } }];
    },
  },

  evolve: {
    BreakPolicyChanged: (_before, { data }) => data.policy,
  },
});
