import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing, replaceSynced, syncDirectory } from '../../objects/durable-files.js';
import { sha256 } from '../merkle/hashing.js';
import type { WitnessState } from './witness.js';

/** One file a log, replaced as a whole. */
export class FileWitnessState implements WitnessState {
  constructor(private readonly directory: string) {}

  async read(origin: string): Promise<string | undefined> {
    try {
      return await readFile(this.path(origin), 'utf8');
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async write(origin: string, checkpoint: string): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    await replaceSynced(this.path(origin), Buffer.from(checkpoint));
    await syncDirectory(this.directory);
  }

  private path(origin: string): string {
    return join(this.directory, `${sha256(Buffer.from(origin)).toString('hex')}.checkpoint`);
  }
}
