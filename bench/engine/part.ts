import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compiled } from '../../apps/config/compiled.js';
import { ChildProgram } from '../kit/child-program.js';
import type { BenchResult } from '../kit/result.js';
import type { Urls } from './stores.js';

/** `--quick`: a tenth of what takes long, to see that it works; such figures say little. */
export const isQuick = process.argv.includes('--quick');

export function scaled(count: number): number {
  return isQuick ? count / 10 : count;
}

/** What one part of the benchmark found. */
export type Figures = Omit<BenchResult, 'bench'>;

/** Embedded nodes with nothing in them, for as long as the work takes. */
export async function withNodes<Result>(work: (urls: Urls) => Promise<Result>): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'axion-bench-engine-'));
  const nodes = startProgram('nodes');
  try {
    return await work(await nodes.ask<Urls>({ directory }));
  } finally {
    await nodes.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

export type ProgramName = 'nodes' | 'write' | 'command' | 'projector' | 'naive' | 'worker' | 'remind';

export function startProgram(name: ProgramName): ChildProgram {
  return ChildProgram.start(compiled(`bench/engine/${name}-program.js`), profiling(name));
}

/** `BENCH_PROFILE=projector` leaves a processor profile of each such program in the working directory. */
function profiling(name: ProgramName): readonly string[] {
  return process.env['BENCH_PROFILE'] === name
    ? ['--cpu-prof', `--cpu-prof-name=${name}-${++profiles}.cpuprofile`]
    : [];
}

let profiles = 0;

/** One program for one piece of work. */
export async function withProgram<Result>(
  name: ProgramName,
  work: (program: ChildProgram) => Promise<Result>,
): Promise<Result> {
  const program = startProgram(name);
  try {
    return await work(program);
  } finally {
    await program.stop();
  }
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
