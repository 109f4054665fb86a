import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoreUrls } from '../../apps/config/platform.js';
import { HttpClient } from './http-client.js';
import { Program, cli, endAll, type Ended } from './program.js';
import { until } from './until.js';

type Settings = Readonly<Record<string, string>>;

/** The compiled platform as `npm start` runs it, over a data directory of its own. */
export class RunningAxion {
  readonly data = mkdtempSync(join(tmpdir(), 'axion-running-'));
  private readonly key = randomBytes(24).toString('hex');
  private program: Program | undefined;
  private url = '';

  constructor(private readonly settings: Settings = {}) {}

  /** The owner of everything, in no workspace. Stays the same over restarts, and so does the address. */
  get root(): HttpClient {
    return new HttpClient(this.url, { key: this.key });
  }

  get running(): Program {
    if (!this.program) throw new Error('it was never started');
    return this.program;
  }

  /** Where its embedded nodes listen. */
  get stores(): StoreUrls {
    return JSON.parse(readFileSync(join(this.data, 'run.json'), 'utf8')) as StoreUrls;
  }

  /** Resolves once it is ready. @param settings of this start alone */
  async start(settings: Settings = {}): Promise<void> {
    const PORT = this.url === '' ? '0' : new URL(this.url).port;
    this.program = new Program('apps/standalone/main.js', [], { ...this.environment, ...settings, PORT });
    this.url = await this.program.says(/Axion listens on (\S+)/, startsWithinMs);
    await this.isReady();
  }

  /** Resolves once the platform says that it is ready. @throws Error with its reasons otherwise, after a while */
  async isReady(): Promise<void> {
    let said = '';
    await until(
      'the platform is ready',
      async () => {
        const { status, text } = await this.root.get('/health/ready').catch(() => ({ status: 0, text: '' }));
        said = text;
        return status === 200;
      },
      startsWithinMs,
    ).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${said}`);
    });
  }

  /** A process that attaches to the running platform, once it says that it runs. */
  async attach(roles: string): Promise<Program> {
    const program = new Program('apps/cli/main.js', ['run', '--roles', roles], this.environment);
    await program.says(new RegExp(`Axion runs as ${roles} \\(`), startsWithinMs);
    return program;
  }

  /** A command of the CLI on its data directory, with its answer in JSON. */
  cli(...parameters: string[]): Promise<Awaited<ReturnType<typeof cli>>> {
    return cli(this.data, ...parameters);
  }

  /** Every link holds, and every read model equals its replay; nothing is parked. */
  async expectItHolds(): Promise<void> {
    const links = await this.cli('verify', '--json');
    expect(links).toMatchObject({ code: 0, answer: { holds: true, violations: [] } });
    const replay = await this.cli('replay', '--check', '--json');
    expect(replay).toMatchObject({ code: 0, answer: { holds: true } });
  }

  /** As a shutdown signal does it. */
  stop(): Promise<Ended> {
    return this.running.terminate();
  }

  /** Ends whatever this specification has started, and leaves nothing behind. */
  async remove(): Promise<void> {
    await endAll();
    rmSync(this.data, { recursive: true, force: true });
  }

  private get environment(): Settings {
    return {
      AXION_DATA: this.data,
      AXION_BOOTSTRAP_KEY: this.key,
      AXION_LOG_LEVEL: 'error',
      AXION_METRICS_PORT: '0',
      ...this.settings,
    };
  }
}

/** Generous: specifications share their machine. */
const startsWithinMs = 60_000;
