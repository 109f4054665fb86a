import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../apps/config/compiled.js';
import { print, table } from '../../apps/cli/terminal.js';
import type { Latency } from './statistics.js';

export interface BenchResult {
  readonly bench: string;
  readonly rates?: Readonly<Record<string, number>>;
  readonly ratios?: Readonly<Record<string, number>>;
  /** In milliseconds; a single number where there is one moment to speak of. */
  readonly latency?: Readonly<Record<string, Latency | number>>;
  readonly growth?: Readonly<Record<string, number>>;
  readonly peakMiB?: number;
  readonly memoryMiB?: Readonly<Record<string, number>>;
  readonly memory?: Readonly<Record<string, number>>;
  /** How much was done, where a figure depends on it. */
  readonly counts?: Readonly<Record<string, number>>;
  readonly correct: boolean;
}

/** Tables for people, then one line of JSON. With `--save` the result is kept in `bench/results`. */
export function report(result: BenchResult): void {
  for (const name of ['rates', 'ratios', 'growth', 'memoryMiB', 'memory', 'counts'] as const) {
    const rows = Object.entries(result[name] ?? {});
    if (rows.length > 0) print(`\n${table([[name, ''], ...rows])}`);
  }
  const latencies = Object.entries(result.latency ?? {}).map(([name, found]) =>
    typeof found === 'number' ? [name, found, ''] : [name, found.p50, found.p99],
  );
  if (latencies.length > 0) print(`\n${table([['latency, ms', 'p50', 'p99'], ...latencies])}`);
  print('');
  if (process.argv.includes('--save')) save(result);
  print(JSON.stringify(result));
}

function save(result: BenchResult): void {
  const folder = join(projectRoot(), 'bench', 'results');
  mkdirSync(folder, { recursive: true });
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: projectRoot(),
    encoding: 'utf8',
  }).trim();
  const [processor] = cpus();
  const machine = {
    processor: processor?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
  const content = { commit, machine, ...result };
  writeFileSync(join(folder, `${result.bench}.json`), `${JSON.stringify(content, null, 2)}\n`);
}
