/** Each may do what the ones before it may. */
const ladder = ['viewer', 'analyst', 'engineer', 'admin', 'owner'] as const;

/**
 * `auditor` stands beside the ladder: it may do what a viewer may, and read the audit trail. Of the others only the
 * owner may that too. So nobody audits who works or administers, and an admin, who gives no role above their own,
 * appoints no auditor.
 */
export const roles = [...ladder, 'auditor'] as const;
export type Role = (typeof roles)[number];

/** True when somebody with one of `held` may do what `needed` may. */
export function allows(held: readonly Role[], needed: Role): boolean {
  return held.some((role) => included(role).includes(needed));
}

function included(role: Role): readonly Role[] {
  if (role === 'auditor') return ['viewer', 'auditor'];
  if (role === 'owner') return roles;
  return ladder.slice(0, ladder.indexOf(role) + 1);
}
