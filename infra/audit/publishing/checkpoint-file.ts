import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, replaceSynced, syncDirectory } from '../../objects/durable-files.js';
import { parseCheckpoint } from '../notes/checkpoint.js';
import { parseNote } from '../notes/signed-note.js';

/** The newest seal, and the newest that a witness cosigned: files beside the tiles, each a signed note. */
export const checkpointFiles = { sealed: 'checkpoint', cosigned: 'checkpoint.cosigned' } as const;
export type CheckpointKind = keyof typeof checkpointFiles;

/** Undefined when none was published yet. */
export async function readCheckpointFile(
  directory: string,
  kind: CheckpointKind,
): Promise<string | undefined> {
  try {
    return await readFile(join(directory, checkpointFiles[kind]), 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Replaces it as a whole, and never by a smaller one. */
export async function writeCheckpointFile(
  directory: string,
  kind: CheckpointKind,
  note: string,
): Promise<void> {
  const before = await readCheckpointFile(directory, kind);
  if (before === note || (before !== undefined && sizeOfNote(before) > sizeOfNote(note))) return;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await replaceSynced(join(directory, checkpointFiles[kind]), Buffer.from(note));
  await syncDirectory(directory);
}

/** @throws InvalidRequest when it is no signed checkpoint */
export function sizeOfNote(note: string): number {
  return parseCheckpoint(parseNote(note).text).size;
}
