import { setTimeout as after } from 'node:timers/promises';

/** Waits, or less when `signal` aborts. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  await after(milliseconds, undefined, signal && { signal }).catch(() => undefined);
}
