import { setTimeout as after } from 'node:timers/promises';

const givenUpAfterMs = 20_000;

/** Waits for what is to come true. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + givenUpAfterMs;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await after(1);
  }
}
