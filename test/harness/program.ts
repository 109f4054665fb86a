import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { bundled } from '../../apps/config/compiled.js';
import { codeOf } from '../../domain/kernel/errors.js';
import { isJsonObject, type JsonObject } from '../../domain/kernel/json.js';
import { groupMembers } from '../../infra/system/process-identity.js';
import { until } from './until.js';

export interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

const started = new Set<ChildProcess>();

/** One of Axion's programs, compiled, in a process group of its own. */
export class Program {
  output = '';
  errors = '';
  private readonly child: ChildProcess;

  constructor(path: string, parameters: readonly string[], environment: Readonly<Record<string, string>>) {
    const { NODE_OPTIONS: _options, ESDB_URL: _log, MONGO_URL: _store, ...inherited } = process.env;
    this.child = spawn(process.execPath, [bundled(path), ...parameters], {
      detached: true,
      env: { ...inherited, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.add(this.child);
    this.child.stdout?.on('data', (text) => (this.output += String(text)));
    this.child.stderr?.on('data', (text) => (this.errors += String(text)));
  }

  get group(): number {
    return this.child.pid ?? 0;
  }

  /** What is found in the output. @throws Error with what was said instead, when the program ends before */
  says(pattern: RegExp, withinMs?: number): Promise<string> {
    const look = (): string | undefined => {
      const found = pattern.exec(this.output);
      if (found) return found[1] ?? found[0];
      if (this.child.exitCode !== null) throw new Error(`it ended instead: ${this.output}${this.errors}`);
      return undefined;
    };
    return until(`it says ${pattern.source}`, look, withinMs);
  }

  /** To every process of the group. */
  signal(signal: NodeJS.Signals): void {
    process.kill(-this.group, signal);
  }

  async ended(): Promise<Ended> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'close');
    const { output, errors } = this;
    return { code: this.child.exitCode, output, errors };
  }

  terminate(): Promise<Ended> {
    this.child.kill('SIGTERM');
    return this.ended();
  }

  /** `kill -9` of the first process alone; the others are expected to end by themselves. */
  async killFirst(): Promise<void> {
    process.kill(this.group, 'SIGKILL');
    await until('the others have ended too', () => isGone(this.group) || undefined);
  }

  /** `kill -9` of every process of the group at once. */
  async killGroup(): Promise<void> {
    process.kill(-this.group, 'SIGKILL');
    await this.ended();
    await until('the whole group has ended', () => isGone(this.group) || undefined);
  }

  /** The process of the group that runs a program. */
  part(path: string): Promise<number> {
    return until(`${path} runs`, () => this.partNow(path));
  }

  /** The same, if there is one now. */
  partNow(path: string): number | undefined {
    return partOf(this.group, path);
  }
}

/** Ends whatever is left of the groups that were started here. */
export async function endAll(): Promise<void> {
  for (const { pid } of started) if (pid !== undefined && !isGone(pid)) process.kill(-pid, 'SIGKILL');
  await until(
    'all have ended',
    () => [...started].every(({ pid }) => pid === undefined || isGone(pid)) || undefined,
  );
}

/** A command of the CLI, to its end, with its answer in JSON. */
export async function cli(
  data: string,
  ...parameters: string[]
): Promise<Ended & { readonly answer: JsonObject }> {
  const ended = await new Program('apps/cli/main.js', ['--data', data, ...parameters], {}).ended();
  const answer: unknown = ended.output.startsWith('{') ? JSON.parse(ended.output) : {};
  return { ...ended, answer: isJsonObject(answer) ? answer : {} };
}

/** Also when nobody has asked yet how its processes ended, where the system tells. */
function isGone(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return true;
    throw error;
  }
  return process.platform === 'linux' && groupMembers(group).length === 0;
}

/** Process id of a group's process whose command line ends in a path. */
function partOf(group: number, path: string): number | undefined {
  return groupMembers(group).find((member) => {
    try {
      const command = readFileSync(`/proc/${member}/cmdline`, 'utf8').split('\0');
      return command.some((part) => part.endsWith(path));
    } catch {
      // It ended meanwhile.
      return false;
    }
  });
}
