import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, replaceSynced, syncDirectory } from '../../objects/durable-files.js';

/** Since when nothing is sealed any more, and why: the log does not agree with itself. */
export interface Incident {
  /** RFC 3339. */
  readonly at: string;
  /** For people; may name streams of any workspace. */
  readonly reason: string;
}

/** Beside the tiles: what the process that sealed found, for those that do not seal. */
const fileName = 'incident.json';

export async function readIncident(directory: string): Promise<Incident | undefined> {
  try {
    return JSON.parse(await readFile(join(directory, fileName), 'utf8')) as Incident;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** One that is known keeps its time: whoever starts again finds the same. */
export async function writeIncident(directory: string, incident: Incident): Promise<void> {
  if ((await readIncident(directory))?.reason === incident.reason) return;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await replaceSynced(join(directory, fileName), Buffer.from(JSON.stringify(incident)));
  await syncDirectory(directory);
}

/** A seal stands again. */
export async function clearIncident(directory: string): Promise<void> {
  await rm(join(directory, fileName), { force: true });
}
