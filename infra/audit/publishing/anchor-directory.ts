import { open, mkdir, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InvariantBroken, codeOf } from '../../../domain/kernel/errors.js';
import { isMissing, syncDirectory } from '../../objects/durable-files.js';
import { parseNote } from '../notes/signed-note.js';
import { sizeOfNote } from './checkpoint-file.js';

const suffix = '.checkpoint';
const digits = 16;

/**
 * Every checkpoint as a file of its own that is never written over: on a medium that others guard, who changes the
 * log later is found. In our own hands it counts as no anchor.
 */
export class AnchorDirectory {
  constructor(private readonly directory: string) {}

  /** @throws InvariantBroken `audit.incident` when another checkpoint of that size is there already */
  async keep(note: string): Promise<void> {
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const path = join(this.directory, `${String(sizeOfNote(note)).padStart(digits, '0')}${suffix}`);
    try {
      const file = await open(path, 'wx', 0o400);
      try {
        await file.writeFile(note);
        await file.sync();
      } finally {
        await file.close();
      }
      await syncDirectory(this.directory);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      await this.mustBe(path, note);
    }
  }

  /** What was kept, the smallest first. */
  async kept(): Promise<readonly string[]> {
    try {
      const names = (await readdir(this.directory)).filter((name) => name.endsWith(suffix)).sort();
      return await Promise.all(names.map((name) => readFile(join(this.directory, name), 'utf8')));
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  private async mustBe(path: string, note: string): Promise<void> {
    const kept = await readFile(path, 'utf8');
    // A process that was killed while it wrote left the beginning of what it was to write.
    if (note.startsWith(kept)) return;
    if (parseNote(kept).text !== parseNote(note).text)
      throw new InvariantBroken(
        'audit.incident',
        `${path} holds another checkpoint of that size: there are two histories`,
        { path },
      );
  }
}
