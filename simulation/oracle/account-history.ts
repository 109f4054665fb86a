import { evolve, type AnyDecider } from '../../domain/kernel/decider.js';
import { account, type Account } from '../bank/account.js';
import type { Landed } from './witnessed-log.js';

/** True if an account was, at some moment between two, as `holds` says. */
export function wasSo(
  history: readonly Landed[],
  fromMs: number,
  toMs: number,
  holds: (state: Account) => boolean,
): boolean {
  const rules: AnyDecider = account;
  let state = account.initial;
  let sinceMs = 0;
  for (const { event, atMs } of history) {
    if (sinceMs <= toMs && atMs >= fromMs && holds(state)) return true;
    state = evolve(rules, state, { type: event.type, data: event.data as object }) as Account;
    sinceMs = atMs;
  }
  return sinceMs <= toMs && holds(state);
}
