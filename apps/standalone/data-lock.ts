import { closeSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../domain/kernel/errors.js';

/** Another process has the data directory open. */
export class DataDirectoryInUse extends Error {}

const pollMs = 50;

export interface DataLock {
  release(): void;
}

/**
 * Takes the data directory for this process: the embedded stores believe to be alone.
 * A lock whose process has ended counts for nothing.
 *
 * @throws DataDirectoryInUse when somebody else holds it for longer than `waitMs`
 */
export async function lockDataDirectory(directory: string, waitMs = 10_000): Promise<DataLock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'lock');
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  const deadline = Date.now() + waitMs;
  for (;;) {
    if (create(path, mine)) return { release: () => remove(path, mine) };
    const holder = read(path);
    if (holder !== undefined && !isAlive(holder)) remove(path, holder);
    else if (Date.now() > deadline)
      throw new DataDirectoryInUse(`${directory} is in use by process ${holder?.split(' ')[0] ?? 'unknown'}`);
    else await new Promise((resume) => setTimeout(resume, pollMs));
  }
}

function create(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    writeSync(file, content);
    closeSync(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Only what was seen is removed: somebody may have taken it over meanwhile. */
function remove(path: string, seen: string): void {
  if (read(path) !== seen) return;
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** A process id is used again after a while; together with its start time it is not. */
function isAlive(holder: string): boolean {
  const [id, start] = holder.trim().split(' ');
  const processId = Number(id);
  if (!Number.isInteger(processId) || processId <= 0) return holder === '';
  try {
    process.kill(processId, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return startOf(processId) === (start ?? '');
}

/** Ticks since boot at which a process started, where the system tells (Linux, proc(5), field 22). */
function startOf(processId: number): string {
  const stat = read(`/proc/${processId}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
