import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Unavailable, messageOf } from '../../../domain/kernel/errors.js';
import { isMissing, replaceSynced, syncDirectory } from '../../objects/durable-files.js';
import type { TileStore } from './tile-store.js';

/** What a disk is asked to sync together costs little more than one file. */
const writtenAtOnce = 8;

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
      const directories = new Set([...files.keys()].map((path) => dirname(join(this.root, path))));
      for (const directory of [...directories])
        for (const made of await makeDirectory(directory)) directories.add(made);
      await this.writeAll(files);
      for (const directory of directories) await syncDirectory(directory);
    } catch (error) {
      throw unavailable(error);
    }
  }

  /** None of them is still being written when it is told that one could not. */
  private async writeAll(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const rest = files.entries();
    const writer = async (): Promise<void> => {
      for (const [path, bytes] of rest) await replaceSynced(join(this.root, path), bytes);
    };
    const ended = await Promise.allSettled(Array.from({ length: writtenAtOnce }, writer));
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
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
