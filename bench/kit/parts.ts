import { loadavg } from 'node:os';
import { print } from '../../apps/cli/terminal.js';
import { report, type BenchResult } from './result.js';
import { rounded } from './statistics.js';

/** `--quick`: a tenth of what takes long, to see that it works; such figures say little. */
export const isQuick = process.argv.includes('--quick');

export function scaled(count: number): number {
  return isQuick ? count / 10 : count;
}

/** What one part of the benchmark found. */
export type Figures = Omit<BenchResult, 'bench'>;

/** Runs all parts, or the one that `--only` names, and reports what they found. */
export async function runParts(
  bench: string,
  parts: Readonly<Record<string, () => Promise<Figures>>>,
): Promise<void> {
  const asked = process.argv.indexOf('--only');
  const only = asked < 0 ? undefined : process.argv[asked + 1];
  if (only !== undefined && !Object.hasOwn(parts, only))
    refuse(`--only takes one of ${Object.keys(parts).join(', ')}`);
  if (isQuick && process.argv.includes('--save'))
    refuse('figures of --quick are not kept: leave one of --quick and --save out');
  const found: Figures[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (only !== undefined && name !== only) continue;
    const started = performance.now();
    print(`\n${name} (load average ${rounded(loadavg()[0] ?? 0)})`);
    const figures = await part();
    if (!figures.correct) print(`${name}: not correct`);
    found.push(figures);
    print(`${name}: ${rounded((performance.now() - started) / 1000)} s`);
  }
  report({ bench, ...merged(found) });
}

export function merged(parts: readonly Figures[]): Figures {
  const all = <Name extends 'rates' | 'ratios' | 'growth' | 'memory' | 'counts' | 'latency'>(name: Name) =>
    Object.assign({}, ...parts.map((part) => part[name] ?? {})) as NonNullable<Figures[Name]>;
  return {
    rates: all('rates'),
    ratios: all('ratios'),
    latency: all('latency'),
    growth: all('growth'),
    memory: all('memory'),
    counts: all('counts'),
    correct: parts.every(({ correct }) => correct),
  };
}

function refuse(why: string): never {
  print(why);
  process.exit(2);
}
