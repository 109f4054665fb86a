import { Rejected } from './errors.js';

/** A job that ends its worker this often is not tried again (rule J1). */
const maximumAttempts = 3;

/** The number of the next attempt at a job. @throws Rejected with the context's code when there were too many */
export function nextAttemptAt(what: string, attempts: number, code: string): number {
  if (attempts >= maximumAttempts)
    throw new Rejected(code, `${what} was begun ${maximumAttempts} times and never finished`);
  return attempts + 1;
}

/** An attempt that the platform ended does not count. */
export function withoutAttempt(attempts: number): number {
  return Math.max(0, attempts - 1);
}
