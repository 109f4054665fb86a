import { decider } from '../../kernel/decider.js';
import { parseDecimal } from '../../kernel/decimal.js';
import { Rejected } from '../../kernel/errors.js';
import {
  allRetired,
  needsApproval,
  nextVersion,
  withApproval,
  type ProposedVersion,
  type Versions,
} from '../two-person-versions.js';
import { ApproveResolutionRule, ProposeResolutionRule, RetireResolutionRule } from './commands.js';
import {
  resolutionRuleEvents,
  type ApprovedRule,
  type ResolutionRule,
  type ResolutionRuleEvent,
} from './events.js';

/** All of a workspace are one aggregate: a run takes those that count at its moment. */
export const resolutionRulesId = 'rules';

export interface ResolutionRules {
  readonly byName: ReadonlyMap<string, Versions<ResolutionRule>>;
}

const mostRules = 100;

/** What resolves breaks without a person, after two people agreed: one proposes a version, another approves it. */
export const resolutionRules = decider<ResolutionRules, ResolutionRuleEvent>()({
  category: 'resolutionRules',
  events: resolutionRuleEvents,
  commands: { ProposeResolutionRule, ApproveResolutionRule, RetireResolutionRule },
  id: () => resolutionRulesId,
  initial: { byName: new Map() },

  decide: {
    ProposeResolutionRule: ({ name, rule: fields }, { byName }, { actor }) => {
      const rule: ResolutionRule = { ...fields };
      const problems = problemsOf(rule);
      if (problems.length > 0)
        throw new Rejected('reconciliation.bad-rule', 'breaks cannot be resolved by this rule', { problems });
      const versions = byName.get(name) ?? [];
      if (versions.length === 0 && byName.size >= mostRules)
        throw new Rejected('reconciliation.too-many-rules', `a workspace has at most ${mostRules} rules`);
      const version = nextVersion(versions, rule);
      if (version === undefined) return [];
      return [{ type: 'ResolutionRuleProposed', data: { name, version, rule, proposedBy: actor } }];
    },

    ApproveResolutionRule: ({ name, version }, rules, { actor }) =>
      needsApproval(`resolution rule ${name}`, versionsOf(name, rules), version, actor)
        ? [{ type: 'ResolutionRuleApproved', data: { name, version, approvedBy: actor } }]
        : [],

    RetireResolutionRule: ({ name, reason }, rules, { actor }) =>
      versionsOf(name, rules).every(({ retired }) => retired)
        ? []
        : [{ type: 'ResolutionRuleRetired', data: { name, retiredBy: actor, reason } }],
  },

  evolve: {
    ResolutionRuleProposed: (rules, { data: { name, version, rule, proposedBy } }) =>
      changed(rules, name, (versions) => [...versions, { version, content: rule, proposedBy }]),
    ResolutionRuleApproved: (rules, { data: { name, version, approvedBy } }) =>
      changed(rules, name, (versions) => withApproval(versions, version, approvedBy)),
    ResolutionRuleRetired: (rules, { data: { name } }) => changed(rules, name, allRetired),
  },
});

/** The newest approved version of each rule, by name. */
export function rulesInForce({ byName }: ResolutionRules): readonly ApprovedRule[] {
  return [...byName]
    .flatMap(([name, versions]) => {
      const newest = versions.findLast(({ approvedBy, retired }) => approvedBy !== undefined && !retired);
      return newest ? [{ name, version: newest.version, rule: newest.content }] : [];
    })
    .sort((left, right) => (left.name < right.name ? -1 : 1));
}

/** @throws Rejected `reconciliation.unknown-rule` */
export function versionsOf(name: string, { byName }: ResolutionRules): Versions<ResolutionRule> {
  const versions = byName.get(name);
  if (versions) return versions;
  throw new Rejected('reconciliation.unknown-rule', `there is no resolution rule ${name}`);
}

/** What may be tried, approved or not: the version asked for, or the newest. @throws Rejected */
export function versionToTry(name: string, rules: ResolutionRules, version?: number): ApprovedRule {
  const versions = versionsOf(name, rules);
  const found: ProposedVersion<ResolutionRule> | undefined =
    version === undefined ? versions.at(-1) : versions[version - 1];
  if (found) return { name, version: found.version, rule: found.content };
  throw new Rejected('reconciliation.unknown-version', `resolution rule ${name} has no such version`, {
    newest: versions.length,
  });
}

function changed(
  { byName }: ResolutionRules,
  name: string,
  change: (versions: Versions<ResolutionRule>) => Versions<ResolutionRule>,
): ResolutionRules {
  return { byName: new Map([...byName, [name, change(byName.get(name) ?? [])]]) };
}

function problemsOf(rule: ResolutionRule): { field: string; reason: string }[] {
  return (['differenceUpTo', 'notionalUpTo'] as const).flatMap((name) => {
    const amount = rule[name];
    if (amount === undefined) return [];
    const field = `rule.${name}`;
    const value = parseDecimal(String(amount));
    if (typeof value !== 'bigint') return [{ field, reason: value.reason }];
    if (value < 0n) return [{ field, reason: 'is less than zero' }];
    return rule.currency === undefined ? [{ field, reason: 'is an amount: it needs a currency' }] : [];
  });
}
