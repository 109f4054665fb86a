import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from '../../domain/kernel/errors.js';
import { isMissing, syncDirectory } from '../objects/durable-files.js';

const keyBytes = 32;

/** The key in a file; undefined when there is none. */
export async function readKeyFile(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** The key in a file, 0600: 32 random bytes, made and durable at the first call. Of two makers, the first one's counts. */
export async function obtainKeyFile(path: string): Promise<Uint8Array> {
  const existing = await readKeyFile(path);
  if (existing) return existing;
  const directory = dirname(path);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const temporary = join(directory, `new-${randomBytes(12).toString('hex')}`);
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(randomBytes(keyBytes));
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    // A link fails where the name is taken.
    await link(temporary, path);
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    await unlink(temporary);
  }
  await syncDirectory(directory);
  return readFile(path);
}
