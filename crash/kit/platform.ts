import { once } from 'node:events';
import { existsSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { codeOf } from '../../domain/kernel/errors.js';
import { pause } from '../../infra/system/pause.js';
import { crashVariable, type CrashPointName } from '../../infra/system/crash-points.js';
import { HttpClient } from '../../test/harness/http-client.js';
import { Program } from '../../test/harness/program.js';
import { until } from '../../test/harness/until.js';

export const parts = {
  application: 'application-main.js',
  nodes: 'nodes-main.js',
  computation: 'computation-main.js',
} as const;
export type Part = keyof typeof parts;
/** What its supervisor starts again. */
export type SupervisedPart = Exclude<Part, 'computation'>;

/** Far more than is allowed, so that what comes late is measured. */
const readyWithinMs = 180_000;
const answerWithinMs = 2000;
/** A platform that starts has better things to do than to say again and again that it is not ready. */
const lookMs = 100;
/** A start may itself be killed, at a crash point. */
const mostStarts = 10;

/** The whole system as `npm start` runs it, over one data directory, in a process group of its own. */
export class CrashedPlatform {
  readonly dataDirectory: string;
  private readonly markers: string;
  private program: Program | undefined;
  /** Where the next death is expected; undefined once it was noticed. */
  private marked: CrashPointName | undefined;

  private constructor(
    folder: string,
    private readonly port: number,
    private readonly bootstrapKey: string,
  ) {
    this.dataDirectory = join(folder, 'data');
    this.markers = join(folder, 'crash-points');
    mkdirSync(this.markers, { recursive: true });
  }

  static async create(folder: string, bootstrapKey: string): Promise<CrashedPlatform> {
    return new CrashedPlatform(folder, await freePort(), bootstrapKey);
  }

  /** The owner of everything, in no workspace. */
  get root(): HttpClient {
    return new HttpClient(`http://127.0.0.1:${this.port}`, { key: this.bootstrapKey });
  }

  /** @returns how long it took to be ready, in seconds */
  async start(): Promise<number> {
    for (let starts = 1; ; starts++) {
      const begun = performance.now();
      const program = this.launch();
      const ended = new AbortController();
      const ending = program.ended().then(() => {
        ended.abort();
        return undefined;
      });
      const seconds = await Promise.race([this.untilReady(begun, ended.signal), ending]);
      if (seconds !== undefined) return seconds;
      if (starts === mostStarts) throw new Error(`it does not start: ${program.output}${program.errors}`);
    }
  }

  /** `kill -9` of every process at once. */
  async killGroup(): Promise<void> {
    await this.program?.killGroup();
  }

  /** `kill -9` of the supervisor; the others are expected to end by themselves. */
  async killSupervisor(): Promise<void> {
    await this.program?.killFirst();
  }

  /** `kill -9` of one child, which its supervisor starts again. @returns how long it took to be ready, in seconds */
  async killPart(part: SupervisedPart): Promise<number> {
    const program = this.running();
    const killed = await program.part(parts[part]);
    process.kill(killed, 'SIGKILL');
    const begun = performance.now();
    await until(`another ${part} runs`, async () =>
      (await program.part(parts[part])) === killed ? undefined : true,
    );
    return this.untilReady(begun);
  }

  /** `kill -9` of a process that computes, or that waits to. @returns as `killPart`; undefined when there is none */
  async killComputation(): Promise<number | undefined> {
    const killed = this.running().partNow(parts.computation);
    if (killed === undefined) return undefined;
    process.kill(killed, 'SIGKILL');
    return this.untilReady(performance.now());
  }

  /** From now on the first process that comes to the point kills itself there. */
  mark(point: CrashPointName): void {
    writeFileSync(join(this.markers, point), '');
    this.marked = point;
  }

  /** Whether nobody came to the point yet. */
  isMarked(point: CrashPointName): boolean {
    return existsSync(join(this.markers, point));
  }

  /** @returns false when somebody came to the point meanwhile */
  unmark(point: CrashPointName): boolean {
    try {
      unlinkSync(join(this.markers, point));
      this.marked = undefined;
      return true;
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return false;
      throw error;
    }
  }

  /** @returns seconds since `begun`, or since the death at a crash point that came later */
  async untilReady(begun: number, ended?: AbortSignal): Promise<number> {
    const giveUpAt = performance.now() + readyWithinMs;
    let since = begun;
    for (;;) {
      const isReady = await this.isReady();
      if (this.marked !== undefined && !this.isMarked(this.marked)) {
        this.marked = undefined;
        since = performance.now();
      } else if (isReady || ended?.aborted) return secondsSince(since);
      if (performance.now() > giveUpAt)
        throw new Error(`it is not ready after ${readyWithinMs} ms: ${await this.explanation()}`);
      await pause(lookMs);
    }
  }

  /** Every process has ended, as after a shutdown signal. @throws Error when it does not end with 0 */
  async stop(): Promise<void> {
    const { code, errors } = await this.running().terminate();
    if (code !== 0) throw new Error(`it did not stop in order: ${code} ${errors}`);
  }

  /** Whatever is left of it. */
  async end(): Promise<void> {
    await this.program?.killGroup().catch(() => undefined);
  }

  private launch(): Program {
    this.program = new Program('apps/standalone/main.js', [], {
      AXION_DATA: this.dataDirectory,
      PORT: String(this.port),
      AXION_BOOTSTRAP_KEY: this.bootstrapKey,
      AXION_CLOCK: 'manual',
      AXION_LOG_LEVEL: 'warn',
      // It ends with its parent then, however this process ends.
      npm_lifecycle_event: 'crash',
      [crashVariable]: this.markers,
    });
    return this.program;
  }

  private running(): Program {
    if (!this.program) throw new Error('it was never started');
    return this.program;
  }

  private async isReady(): Promise<boolean> {
    try {
      const { status } = await this.root.ask('/health/ready', {
        signal: AbortSignal.timeout(answerWithinMs),
      });
      return status === 200;
    } catch {
      return false;
    }
  }

  private async explanation(): Promise<string> {
    try {
      return (await this.root.get('/health/ready')).text;
    } catch (error) {
      return `${String(error)} ${this.program?.output ?? ''}${this.program?.errors ?? ''}`;
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
