import { linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../domain/kernel/errors.js';
import { isAlive, processIdentity } from './process-identity.js';

/** Another process has the directory open. */
export class DirectoryInUse extends Error {}

const pollMs = 50;

export interface DirectoryLock {
  release(): void;
}

/**
 * Takes a directory for this process, for what believes to be alone in it.
 * A lock whose process has ended counts for nothing.
 *
 * @throws DirectoryInUse when somebody else holds it for longer than `waitMs`
 */
export async function lockDirectory(directory: string, waitMs = 10_000): Promise<DirectoryLock> {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'lock');
  const mine = `${processIdentity(process.pid)}\n`;
  const deadline = Date.now() + waitMs;
  for (;;) {
    if (create(path, mine)) return { release: () => remove(path, mine) };
    const holder = read(path);
    if (holder !== undefined && !isAlive(holder.trimEnd())) remove(path, holder);
    else if (Date.now() > deadline)
      throw new DirectoryInUse(`${directory} is in use by process ${holder?.split(' ')[0] ?? 'unknown'}`);
    else await new Promise((resume) => setTimeout(resume, pollMs));
  }
}

/** A link appears with its content or not at all: a lock is never seen empty. */
function create(path: string, content: string): boolean {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
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
