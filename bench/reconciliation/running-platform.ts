import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundled } from '../../apps/config/compiled.js';
import { Client } from '../../apps/cli/client.js';
import { pause } from '../../infra/system/pause.js';

const startsWithinMs = 60_000;

/** Axion as `npm start` runs it, in a process group of its own, over an empty directory. */
export class RunningPlatform {
  private constructor(
    private readonly child: ChildProcess,
    private readonly data: string,
    readonly client: Client,
  ) {}

  get group(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves once it is ready. @throws Error when it is not within a minute */
  static async start(): Promise<RunningPlatform> {
    const data = mkdtempSync(join(tmpdir(), 'axion-bench-reconciliation-'));
    const key = randomBytes(24).toString('hex');
    const child = spawn(process.execPath, [bundled('apps/standalone/main.js')], {
      detached: true,
      env: {
        ...process.env,
        AXION_DATA: data,
        PORT: '0',
        AXION_BOOTSTRAP_KEY: key,
        AXION_LOG_LEVEL: 'error',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const file = join(data, 'run.json');
    const deadline = performance.now() + startsWithinMs;
    while (!existsSync(file)) {
      if (performance.now() > deadline || child.exitCode !== null) throw new Error('Axion did not start');
      await pause(50);
    }
    const { url } = JSON.parse(readFileSync(file, 'utf8')) as { url: string };
    const client = new Client(url, key, 'bench');
    await client.post('/v1/tenancy/workspaces', { id: 'bench', name: 'Benchmark' });
    return new RunningPlatform(child, data, client);
  }

  /** Ends it, and leaves nothing behind. */
  async stop(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
    rmSync(this.data, { recursive: true, force: true });
  }
}
