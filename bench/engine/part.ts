import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChildProgram } from '../kit/child-program.js';
import { startProgramOf, withProgramOf } from '../kit/programs.js';
import type { Urls } from './stores.js';

/** Embedded nodes with nothing in them, for as long as the work takes. */
export async function withNodes<Result>(
  work: (urls: Urls, directory: string) => Promise<Result>,
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'axion-bench-engine-'));
  const nodes = startProgram('nodes');
  try {
    return await work(await nodes.ask<Urls>({ directory }), directory);
  } finally {
    await nodes.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

export type ProgramName = 'nodes' | 'write' | 'command' | 'projector' | 'naive' | 'worker' | 'remind';

export function startProgram(name: ProgramName): ChildProgram {
  return startProgramOf('engine', name);
}

/** One program for one piece of work. */
export function withProgram<Result>(
  name: ProgramName,
  work: (program: ChildProgram) => Promise<Result>,
): Promise<Result> {
  return withProgramOf('engine', name, work);
}
