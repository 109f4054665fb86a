import { randomBytes } from 'node:crypto';
import { constants, copyFile, link, mkdir, open, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvariantBroken, codeOf } from '../../../domain/kernel/errors.js';
import { isMissing, syncDirectory } from '../../objects/durable-files.js';
import { crashPoint } from '../../system/crash-points.js';
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
    if (await this.isKept(path, note)) return;
    // Whole under its name, or not there: whoever is killed in between leaves nothing that counts.
    const temporary = `${path}.${randomBytes(6).toString('hex')}.new`;
    const file = await open(temporary, 'wx', 0o400);
    try {
      await file.writeFile(note);
      await file.sync();
    } finally {
      await file.close();
    }
    crashPoint('file.replacing');
    try {
      await give(temporary, path);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      // Somebody else was faster.
      await this.isKept(path, note);
    } finally {
      await rm(temporary, { force: true });
    }
    await syncDirectory(this.directory);
  }

  /** What was kept, the smallest first. */
  async kept(): Promise<readonly string[]> {
    try {
      const names = (await readdir(this.directory)).filter((name) => name.endsWith(suffix)).sort();
      const notes = await Promise.all(names.map((name) => readFile(join(this.directory, name), 'utf8')));
      return notes.filter(isWhole);
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  }

  private async isKept(path: string, note: string): Promise<boolean> {
    let kept: string;
    try {
      kept = await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
    // A process that was killed while it wrote left the beginning of what it was to write.
    if (!note.startsWith(kept) && parseNote(kept).text !== parseNote(note).text)
      throw new InvariantBroken(
        'audit.incident',
        `${path} holds another checkpoint of that size: there are two histories`,
        { path },
      );
    return true;
  }
}

/** Gives a file its name, where nobody has it. @throws EEXIST */
async function give(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch (error) {
    // Not every medium knows links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(String(codeOf(error)))) throw error;
    await copyFile(temporary, path, constants.COPYFILE_EXCL);
  }
}

/** What was left half written before names were given to whole files alone is no checkpoint. */
function isWhole(note: string): boolean {
  try {
    return sizeOfNote(note) >= 0;
  } catch (error) {
    if (codeOf(error) === 'note.malformed') return false;
    throw error;
  }
}
