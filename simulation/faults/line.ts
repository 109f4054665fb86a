import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { HeldCalls } from './held-calls.js';
import type { Trace } from './trace.js';
import type { VirtualTime } from './virtual-time.js';
import type { Weather } from './weather.js';

/** What all processes of a seed share, beside the stores. */
export interface Surroundings {
  readonly time: VirtualTime;
  readonly random: SeededRandom;
  readonly trace: Trace;
  weather: Weather;
  /** Calls on their way, those that nobody waits for included. */
  underWay: number;
}

type Fate = 'delivered' | 'lost' | 'answerLost' | 'late' | 'twice';

const never = new Promise<never>(() => undefined);

/**
 * What lies between one process and the stores. Calls take time, get lost, land late or twice; a process that was
 * killed is never answered, though what it sent may land; one that is stopped (SIGSTOP) neither sends nor hears.
 */
export class Line {
  private dead = false;
  private die: () => void = () => undefined;
  /** Resolves when its process is killed. */
  readonly death = new Promise<void>((resolve) => (this.die = resolve));
  private readonly held: HeldCalls[] = [];
  private stopped: { readonly ended: Promise<void>; readonly end: () => void } | undefined;

  constructor(
    readonly process: string,
    readonly surroundings: Surroundings,
  ) {}

  kill(): void {
    this.dead = true;
    this.die();
    this.resume();
  }

  get isDead(): boolean {
    return this.dead;
  }

  stop(): void {
    let end = (): void => undefined;
    this.stopped ??= { ended: new Promise<void>((resume) => (end = resume)), end: () => end() };
  }

  resume(): void {
    this.stopped?.end();
    this.stopped = undefined;
  }

  /** Keeps what its process sends from here on, or hears, on its way. What was held lands, whatever became of the process. */
  hold(matches: (call: string) => boolean): HeldCalls {
    const held = new HeldCalls(matches);
    this.held.push(held);
    return held;
  }

  get holds(): boolean {
    return this.held.length > 0;
  }

  /** @returns whether the call was held */
  async passHeld(call: string): Promise<boolean> {
    let wasHeld = false;
    for (const held of this.held) if (await held.pass(call)) wasHeld = true;
    return wasHeld;
  }

  /** Resolves at once in a process that runs, later in one that is stopped, never in one that is dead. */
  async gate(): Promise<void> {
    while (this.stopped) await this.stopped.ended;
    if (this.dead) await never;
  }

  /** @param inDoubt the port's own error for a call without an answer */
  async call<Result>(name: string, work: () => Promise<Result>, inDoubt: () => Error): Promise<Result> {
    await this.gate();
    const outcome = await settled(this.travel(name, work, inDoubt));
    await this.gate();
    return outcome();
  }

  private async travel<Result>(
    name: string,
    work: () => Promise<Result>,
    inDoubt: () => Error,
  ): Promise<Result> {
    const { time, random } = this.surroundings;
    const timeoutMs = random.integer(50, 600);
    switch (this.fate()) {
      case 'lost':
        await time.sleep(timeoutMs);
        throw inDoubt();
      case 'answerLost':
        await settled(this.land(name, this.latency(), work));
        await time.sleep(timeoutMs);
        throw inDoubt();
      case 'late':
        void settled(this.land(`late ${name}`, random.integer(20, 8000), work));
        await time.sleep(timeoutMs);
        throw inDoubt();
      case 'twice': {
        const result = await this.land(name, this.latency(), work);
        void settled(this.land(`again ${name}`, random.integer(1, 8000), work));
        return result;
      }
      case 'delivered': {
        const result = await this.land(name, this.latency(), work);
        await time.sleep(this.latency());
        return result;
      }
    }
  }

  private async land<Result>(name: string, afterMs: number, work: () => Promise<Result>): Promise<Result> {
    const { surroundings } = this;
    const { time, random, trace } = surroundings;
    surroundings.underWay++;
    await time.sleep(afterMs);
    const wasHeld = this.holds && (await this.passHeld(name));
    // What was in flight when its process died has left it, or has not.
    const outcome = !wasHeld && this.dead && random.chance(0.4) ? undefined : await settled(work());
    surroundings.underWay--;
    trace.add(`${time.now} ${this.process} ${name} ${outcome ? (outcome.failed ?? 'done') : 'dropped'}`);
    return outcome ? outcome() : never;
  }

  private fate(): Fate {
    const { random, weather } = this.surroundings;
    const drawn = random.next();
    let reached = 0;
    for (const fate of ['lost', 'answerLost', 'late', 'twice'] as const) {
      reached += weather[fate];
      if (drawn < reached) return fate;
    }
    return 'delivered';
  }

  private latency(): number {
    const { random, weather } = this.surroundings;
    return random.chance(weather.slow) ? random.integer(200, 2000) : random.integer(0, 8);
  }
}

/** Waits for the end of `work`, whatever it is. @returns what gives its result, or throws its error, later */
async function settled<Result>(work: Promise<Result>): Promise<(() => Result) & { failed?: string }> {
  try {
    const result = await work;
    return () => result;
  } catch (error) {
    const failed = error instanceof Error ? error.name : String(error);
    return Object.assign(
      () => {
        throw error;
      },
      { failed },
    );
  }
}
