import { Rejected } from './errors.js';

/** A job that ends its worker this often is not tried again (rule J1). */
const maximumAttempts = 3;

interface Open {
  readonly state: 'open';
  /** Those that count: an attempt that the platform ended does not. */
  readonly attempts: number;
}

type OpenOf<State> = Extract<State, Open>;

/** The rules that all work of a job shares, from the event that asks for it to its outcome. */
export interface JobLife<State extends { readonly state: string }> {
  /** @throws Rejected `<context>.unknown-<what>`, `<context>.<what>-finished` */
  readonly open: (id: string, before: State) => OpenOf<State>;
  /**
   * The number of the attempt that begins.
   *
   * @throws Rejected as `open`, and `<context>.attempts-exhausted`
   */
  readonly nextAttempt: (id: string, before: State) => number;
  readonly isOpen: (before: State) => before is OpenOf<State>;
  /** After the event that counts an attempt. */
  readonly begun: (before: State, attempt: number) => State;
  /** After the event that takes an attempt back. */
  readonly interrupted: (before: State) => State;
}

/**
 * @param context the first part of the codes of its refusals
 * @param what one word, as people call it
 * @param none the states before anybody asked for it
 */
export function jobLife<State extends { readonly state: string }>(
  context: string,
  what: string,
  none: State['state'] = 'unknown',
): JobLife<State> {
  const isOpen = (before: State): before is OpenOf<State> => before.state === 'open';
  const open = (id: string, before: State): OpenOf<State> => {
    if (isOpen(before)) return before;
    throw before.state === none
      ? new Rejected(`${context}.unknown-${what}`, `there is no ${what} ${id}`)
      : new Rejected(`${context}.${what}-finished`, `${what} ${id} is ${before.state} already`);
  };
  return {
    isOpen,
    open,
    nextAttempt: (id, before) => {
      const { attempts } = open(id, before);
      if (attempts < maximumAttempts) return attempts + 1;
      throw new Rejected(
        `${context}.attempts-exhausted`,
        `the ${what} was begun ${maximumAttempts} times and never finished`,
      );
    },
    begun: (before, attempts) => (isOpen(before) ? { ...before, attempts } : before),
    interrupted: (before) =>
      isOpen(before) ? { ...before, attempts: Math.max(0, before.attempts - 1) } : before,
  };
}
