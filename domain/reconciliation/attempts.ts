import { nextAttemptAt } from '../kernel/attempts.js';

export { withoutAttempt } from '../kernel/attempts.js';

/** The number of the next attempt at a job. @throws Rejected `reconciliation.attempts-exhausted` */
export function nextAttempt(what: string, attempts: number): number {
  return nextAttemptAt(what, attempts, 'reconciliation.attempts-exhausted');
}
