import { Rejected } from '../kernel/errors.js';

/** A job that ends its worker this often is not tried again (rule J1). */
const maximumAttempts = 3;

/** The number of the next attempt at a job. @throws Rejected `reconciliation.attempts-exhausted` */
export function nextAttempt(what: string, attempts: number): number {
  if (attempts >= maximumAttempts)
    throw new Rejected(
      'reconciliation.attempts-exhausted',
      `${what} was begun ${maximumAttempts} times and never finished`,
    );
  return attempts + 1;
}

/** An attempt that the platform ended does not count. */
export function withoutAttempt(attempts: number): number {
  return Math.max(0, attempts - 1);
}
