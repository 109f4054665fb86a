/** Each role may do what the ones before it may. */
export const roles = ['viewer', 'analyst', 'engineer', 'admin', 'owner'] as const;
export type Role = (typeof roles)[number];

/** True when somebody with one of `held` may do what `needed` may. */
export function allows(held: readonly Role[], needed: Role): boolean {
  return held.some((role) => roles.indexOf(role) >= roles.indexOf(needed));
}
