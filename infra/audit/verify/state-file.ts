import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isMissing, syncDirectory, writeSynced } from '../../objects/durable-files.js';
import type { VerifiedState } from './verification.js';

/** Undefined when there is none, or none that this program wrote. */
export async function readVerifiedState(path: string): Promise<VerifiedState | undefined> {
  try {
    const state: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isState(state) ? state : undefined;
  } catch (error) {
    if (isMissing(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export async function writeVerifiedState(path: string, state: VerifiedState): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await writeSynced(`${path}.new`, Buffer.from(`${JSON.stringify(state)}\n`));
  await rename(`${path}.new`, path);
  await syncDirectory(dirname(path));
}

function isState(value: unknown): value is VerifiedState {
  return typeof value === 'object' && value !== null && 'format' in value && value.format === 1;
}
