import { mkdir, readFile, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import { isMissing, syncDirectory, writeSynced } from '../../objects/durable-files.js';
import type { TileStore } from './tile-store.js';

/** Tiles as files below a directory: any web server can give them away as they lie there. */
export class FileTileStore implements TileStore {
  constructor(private readonly root: string) {}

  async read(path: string): Promise<Buffer | undefined> {
    try {
      return await readFile(join(this.root, path));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw unavailable(error);
    }
  }

  async write(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    try {
      const directories = new Set<string>();
      for (const [path, bytes] of files) {
        const target = join(this.root, path);
        for (const made of await makeDirectory(dirname(target))) directories.add(made);
        directories.add(dirname(target));
        await writeSynced(`${target}.new`, bytes);
        await rename(`${target}.new`, target);
      }
      for (const directory of directories) await syncDirectory(directory);
    } catch (error) {
      throw unavailable(error);
    }
  }
}

/** @returns the directories whose entries are new */
async function makeDirectory(path: string): Promise<readonly string[]> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
  if (first === undefined) return [];
  const parents: string[] = [];
  for (let made = path; made.length >= first.length; made = dirname(made)) parents.push(dirname(made));
  return parents;
}

function unavailable(error: unknown): Unavailable {
  return new Unavailable('audit.unavailable', `the audit log's files cannot be reached: ${messageOf(error)}`);
}
