import { hash } from 'node:crypto';
import { join } from 'node:path';
import type { SubjectKeys } from '../../domain/kernel/ports/subject-keys.js';
import { obtainKeyFile, readKeyFile } from './key-file.js';

/** One small file a subject, 0600, outside the databases: a key inside one would survive in its free pages. */
export class FileSubjectKeys implements SubjectKeys {
  private readonly known = new Map<string, Promise<Uint8Array>>();

  constructor(private readonly directory: string) {}

  async obtain(subject: string): Promise<Uint8Array> {
    const known = this.known.get(subject);
    if (known) return known;
    const obtaining = obtainKeyFile(this.path(subject));
    this.known.set(subject, obtaining);
    obtaining.finally(() => this.known.delete(subject)).catch(() => undefined);
    return obtaining;
  }

  find(subject: string): Promise<Uint8Array | undefined> {
    return readKeyFile(this.path(subject));
  }

  /** Hashed: a file's name must not tell who has a key. */
  private path(subject: string): string {
    return join(this.directory, hash('sha256', `axion/subject/1\n${subject}`));
  }
}
