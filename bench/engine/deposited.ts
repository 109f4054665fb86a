import type { AccountEvent } from './account.js';

/** Whether an event is a deposit, as the official client reads it. */
export function isDeposited<Event extends { readonly type: string; readonly data: unknown }>(
  event: Event,
): event is Event & { readonly data: AccountEvent['data'] } {
  return event.type === 'Deposited';
}
