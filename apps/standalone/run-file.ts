import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../domain/kernel/errors.js';
import type { StoreUrls } from '../config/platform.js';
import { isAlive, processIdentity } from '../../infra/system/process-identity.js';

/** Where the platform listens while it runs, for the CLI: `AXION_DATA/run.json`, readable by its owner alone. */
export interface RunFile extends StoreUrls {
  readonly url: string;
  /** Of the supervisor (`processIdentity`). */
  readonly supervisor: string;
}

const pathOf = (dataDirectory: string): string => join(dataDirectory, 'run.json');

export function writeRunFile(dataDirectory: string, content: RunFile): void {
  const path = pathOf(dataDirectory);
  writeFileSync(`${path}.new`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** Only this process's own: who could not start in a directory that is in use leaves the other's alone. */
export function removeRunFile(dataDirectory: string): void {
  if (readRunFile(dataDirectory)?.supervisor === processIdentity(process.pid))
    rmSync(pathOf(dataDirectory), { force: true });
}

/** Undefined when the platform does not run; a file that a killed one left behind counts for nothing. */
export function readRunFile(dataDirectory: string): RunFile | undefined {
  let text: string;
  try {
    text = readFileSync(pathOf(dataDirectory), 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  const content = JSON.parse(text) as RunFile;
  return isAlive(content.supervisor) ? content : undefined;
}
