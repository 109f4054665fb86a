import { syncBuiltinESMExports } from 'node:module';
import fakeTimers, { type Clock } from '@sinonjs/fake-timers';

/** Where every seed's time begins. */
const beginning = Date.UTC(2026, 0, 5, 8);
const realImmediate = setImmediate;

/**
 * The only time there is in a simulation: timers, `Date` and `performance` of this whole program. It goes on when
 * nothing is left to do at an instant, so an hour costs what happens in it, and the order of everything follows from
 * the seed.
 */
export class VirtualTime {
  private constructor(private readonly clock: Clock) {}

  /** Takes the program's timers over, for good. Once per program, before anything of the engine is started. */
  static install(): VirtualTime {
    const clock = fakeTimers.install({
      now: beginning,
      toFake: [
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'clearImmediate',
        'Date',
        'performance',
      ],
    });
    // Modules that imported a timer of `node:timers/promises` by name see the faked one from here on.
    syncBuiltinESMExports();
    return new VirtualTime(clock);
  }

  /** Milliseconds since the beginning. */
  get now(): number {
    return this.clock.now - beginning;
  }

  /** Back to the beginning, with no timer left. */
  reset(): void {
    this.clock.reset();
    this.clock.setSystemTime(beginning);
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((resume) => {
      this.clock.setTimeout(() => resume(), milliseconds);
    });
  }

  at(milliseconds: number): string {
    return new Date(beginning + milliseconds).toISOString();
  }

  /** Goes on until `work` is settled. @throws Error when that takes longer than `atMostMs` */
  async runUntil<Result>(what: string, work: Promise<Result>, atMostMs: number): Promise<Result> {
    const deadline = this.now + atMostMs;
    let settled = false;
    const noteSettled = (): void => {
      settled = true;
    };
    work.then(noteSettled, noteSettled);
    for (;;) {
      await quiet();
      // Set in a callback, which the compiler does not follow.
      if (settled as boolean) return work;
      if (this.clock.countTimers() === 0) throw new StandStill(`${what}: nothing is left to happen`);
      if (this.now > deadline) throw new StandStill(`${what}: not within ${atMostMs} ms`);
      this.clock.next();
    }
  }
}

/** What was to come true did not. */
export class StandStill extends Error {}

/** Resolves when every promise that can go on has done so. */
function quiet(): Promise<void> {
  return new Promise((resume) => realImmediate(resume));
}
