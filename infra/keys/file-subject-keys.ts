import { hash, randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../../domain/kernel/errors.js';
import type { SubjectKeys } from '../../domain/kernel/ports/subject-keys.js';
import { isMissing, syncDirectory } from '../objects/durable-files.js';

/** One small file a subject, 0600, outside the databases: a key inside one would survive in its free pages. */
export class FileSubjectKeys implements SubjectKeys {
  private readonly known = new Map<string, Promise<Uint8Array>>();

  constructor(private readonly directory: string) {}

  async obtain(subject: string): Promise<Uint8Array> {
    const known = this.known.get(subject);
    if (known) return known;
    const obtaining = this.readOrMake(subject);
    this.known.set(subject, obtaining);
    obtaining.finally(() => this.known.delete(subject)).catch(() => undefined);
    return obtaining;
  }

  async find(subject: string): Promise<Uint8Array | undefined> {
    try {
      return await readFile(this.path(subject));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private async readOrMake(subject: string): Promise<Uint8Array> {
    const existing = await this.find(subject);
    if (existing) return existing;
    await mkdir(this.directory, { recursive: true, mode: 0o700 });
    const temporary = join(this.directory, `new-${randomBytes(12).toString('hex')}`);
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(randomBytes(32));
      await file.sync();
    } finally {
      await file.close();
    }
    try {
      // A link fails where the name is taken: of two makers, both go on with the first one's key.
      await link(temporary, this.path(subject));
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    } finally {
      await unlink(temporary);
    }
    await syncDirectory(this.directory);
    return readFile(this.path(subject));
  }

  /** Hashed: a file's name must not tell who has a key. */
  private path(subject: string): string {
    return join(this.directory, hash('sha256', `axion/subject/1\n${subject}`));
  }
}
