import type { HeldCalls } from './faults/held-calls.js';
import { Line } from './faults/line.js';
import { SimulatedProcess, type ProcessOptions } from './simulated-process.js';
import type { World } from './world.js';

export type Trouble = 'kill' | 'stop' | 'deploy';

export interface Plan {
  /** What its processes are, one after another; the last one for all that follow. */
  readonly processes: readonly ProcessOptions[];
  readonly troubles: readonly { readonly afterMs: number; readonly kind: Trouble; readonly forMs: number }[];
}

const patienceMs = 3000;
const restMs = 100;

/** A place where one process runs after another: what was killed, or is deployed anew, is started again. */
export class Slot {
  current: SimulatedProcess | undefined;
  private line: Line | undefined;
  private starting: Promise<void> | undefined;
  private started = 0;

  constructor(
    private readonly world: World,
    private readonly name: string,
    private readonly plan: Plan,
  ) {}

  /** @throws RangeError when nothing runs here */
  hold(matches: (call: string) => boolean): HeldCalls {
    if (!this.current || !this.line) throw new RangeError(`${this.name} runs no process`);
    return this.line.hold(matches);
  }

  /** Lives through its troubles. Afterwards a process runs, and nothing holds it. */
  async live(): Promise<void> {
    const { time, trace } = this.world;
    await this.up();
    for (const { afterMs, kind, forMs } of this.plan.troubles) {
      await time.sleep(afterMs);
      trace.add(`${time.now} ${this.name} ${kind} ${forMs}`);
      if (kind === 'stop') {
        const { line } = this;
        line?.stop();
        await time.sleep(forMs);
        line?.resume();
      } else if (kind === 'kill') await this.crash(forMs);
      else {
        await this.down();
        await time.sleep(forMs);
        await this.up();
      }
    }
  }

  /** Kills what runs here, and starts another after a while. */
  async crash(forMs: number): Promise<void> {
    this.line?.kill();
    this.current = undefined;
    await this.world.time.sleep(forMs);
    await this.up();
  }

  /** What runs here is of the last kind of the plan from here on. */
  async finishDeployment(): Promise<void> {
    if (this.started >= this.plan.processes.length) return;
    await this.down();
    await this.up();
  }

  /** Starts a process, as often as it takes. */
  async up(): Promise<void> {
    if (this.current) return;
    this.starting ??= this.start().finally(() => (this.starting = undefined));
    await this.starting;
  }

  /** Ends it in good order, unless that takes too long. */
  async down(): Promise<void> {
    const { current, line } = this;
    this.current = undefined;
    await Promise.race([current?.stop(), this.world.time.sleep(patienceMs)]);
    line?.kill();
  }

  private async start(): Promise<void> {
    const { processes } = this.plan;
    for (;;) {
      const nth = this.started++;
      const line = new Line(`${this.name}.${nth}`, this.world);
      this.line = line;
      const options = processes[Math.min(nth, processes.length - 1)] ?? {};
      try {
        const process = await Promise.race([
          SimulatedProcess.start(this.world, line, options, () => this.crash(restMs)),
          line.death.then(() => undefined),
        ]);
        if (process && !line.isDead) {
          this.current = process;
          return;
        }
      } catch {
        line.kill();
      }
      await this.world.time.sleep(restMs);
    }
  }
}
