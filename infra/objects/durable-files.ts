import { randomBytes } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { codeOf } from '../../domain/kernel/errors.js';
import { crashPoint } from '../system/crash-points.js';

/** Makes a rename or a new name in a directory survive a crash. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Writes a new file, or over one, for its owner alone; durable when it returns, but for its name. */
export async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/**
 * Writes a file over another, whole or not at all; durable when it returns, but for its name. The temporary name is
 * this call's own: two processes that replace one file at once never write into each other's.
 */
export async function replaceSynced(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
  await writeSynced(temporary, bytes);
  crashPoint('file.replacing');
  await rename(temporary, path);
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}
