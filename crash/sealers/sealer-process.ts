import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compiled } from '../../apps/config/compiled.js';
import { crashVariable, stopMark, type CrashPointName } from '../../infra/system/crash-points.js';
import { pause } from '../../infra/system/pause.js';
import type { SealerOrder, SealerReport } from './sealer-program.js';

export type Blow = 'stop' | 'kill';

const lookMs = 2;

/** One sealer in a process of its own, which is stopped, woken up, killed and started again. */
export class SealerProcess {
  /** What it said: it signs nothing any more. */
  readonly incidents: string[] = [];
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private readonly marks: string;

  constructor(private readonly order: SealerOrder) {
    this.marks = order.places.marks[order.version];
    process.once('exit', this.end);
  }

  /** @throws Error when it ends before it runs */
  async start(): Promise<void> {
    const child = fork(compiled('crash/sealers/sealer-program.js'), [JSON.stringify(this.order)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: '', [crashVariable]: this.marks },
    });
    this.child = child;
    // A point may come before it says that it runs.
    this.ended = once(child, 'exit');
    await new Promise<void>((resolve, reject) => {
      child.on('message', (message) => {
        const report = message as SealerReport;
        if (report.kind === 'incident') this.incidents.push(report.says);
        else resolve();
      });
      child.once('exit', (code, signal) =>
        signal === 'SIGKILL'
          ? resolve()
          : reject(new Error(`a sealer ended with ${signal ?? String(code)} before it ran`)),
      );
    });
  }

  /** From now on it is struck when it comes to the point. */
  mark(point: CrashPointName, blow: Blow): void {
    writeFileSync(join(this.marks, point), blow === 'stop' ? stopMark : '');
  }

  /** @returns whether it came to the point, and was struck there, before `withinMs` were over */
  async struckAt(point: CrashPointName, blow: Blow, withinMs: number): Promise<boolean> {
    const file = join(this.marks, point);
    const giveUpAt = performance.now() + withinMs;
    while (existsSync(file) && performance.now() < giveUpAt) await pause(lookMs);
    if (existsSync(file)) {
      rmSync(file, { force: true });
      return false;
    }
    if (blow === 'kill') await this.ended;
    else while (!this.isStopped) await pause(lookMs);
    return true;
  }

  stop(): void {
    this.child?.kill('SIGSTOP');
  }

  wake(): void {
    this.child?.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.ended;
  }

  async close(): Promise<void> {
    process.off('exit', this.end);
    await this.kill();
  }

  /** By what the system says: a process that is stopped is in state T (proc(5)). */
  private get isStopped(): boolean {
    try {
      const stat = readFileSync(`/proc/${this.child?.pid ?? 0}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
    } catch {
      return true;
    }
  }

  private readonly end = (): void => void this.child?.kill('SIGKILL');
}
