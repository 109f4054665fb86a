import { decider } from '../../kernel/decider.js';
import { Rejected } from '../../kernel/errors.js';
import {
  allRetired,
  approvedVersion,
  needsApproval,
  nextVersion,
  withApproval,
  type Versions,
} from '../two-person-versions.js';
import { ApproveToleranceSet, ProposeToleranceSet, RetireToleranceSet } from './commands.js';
import { contentProblems } from './content.js';
import {
  toleranceSetEvents,
  type ChosenToleranceSet,
  type ToleranceContent,
  type ToleranceSetEvent,
} from './events.js';

export interface NamedToleranceSet {
  readonly versions: Versions<ToleranceContent>;
}

/** What runs are judged by, under a name: one person proposes a version, another approves it. */
export const toleranceSet = decider<NamedToleranceSet, ToleranceSetEvent>()({
  category: 'toleranceSet',
  events: toleranceSetEvents,
  commands: { ProposeToleranceSet, ApproveToleranceSet, RetireToleranceSet },
  id: ({ name }) => name,
  initial: { versions: [] },

  decide: {
    ProposeToleranceSet: ({ name, tolerances, overrides = [] }, { versions }, { actor }) => {
      const content: ToleranceContent = { tolerances: { ...tolerances }, overrides };
      const problems = contentProblems(content);
      if (problems.length > 0)
        throw new Rejected('reconciliation.bad-tolerances', 'these tolerances cannot be judged by', {
          problems: problems.map(({ field, reason }) => ({ field, reason })),
        });
      const version = nextVersion(versions, content);
      if (version === undefined) return [];
      return [{ type: 'ToleranceSetProposed', data: { name, version, ...content, proposedBy: actor } }];
    },

    ApproveToleranceSet: ({ name, version }, { versions }, { actor }) =>
      needsApproval(`tolerance set ${name}`, known(name, versions), version, actor)
        ? [{ type: 'ToleranceSetApproved', data: { name, version, approvedBy: actor } }]
        : [],

    RetireToleranceSet: ({ name, reason }, { versions }, { actor }) =>
      known(name, versions).every(({ retired }) => retired)
        ? []
        : [{ type: 'ToleranceSetRetired', data: { name, retiredBy: actor, reason } }],
  },

  evolve: {
    ToleranceSetProposed: ({ versions }, { data: { version, tolerances, overrides, proposedBy } }) => ({
      versions: [...versions, { version, content: { tolerances, overrides }, proposedBy }],
    }),
    ToleranceSetApproved: ({ versions }, { data: { version, approvedBy } }) => ({
      versions: withApproval(versions, version, approvedBy),
    }),
    ToleranceSetRetired: ({ versions }) => ({ versions: allRetired(versions) }),
  },
});

/**
 * The version asked for, or the newest that was approved.
 *
 * @throws Rejected `reconciliation.unknown-tolerance-set`, `reconciliation.unknown-version`,
 * `reconciliation.not-approved`, `reconciliation.retired`
 */
export function chosenSet(
  { name, version }: { readonly name: string; readonly version?: number },
  { versions }: NamedToleranceSet,
): ChosenToleranceSet {
  const chosen = approvedVersion(`tolerance set ${name}`, known(name, versions), version);
  return { name, version: chosen.version, ...chosen.content };
}

function known(name: string, versions: Versions<ToleranceContent>): Versions<ToleranceContent> {
  if (versions.length > 0) return versions;
  throw new Rejected('reconciliation.unknown-tolerance-set', `there is no tolerance set ${name}`);
}
