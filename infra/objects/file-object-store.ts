import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, mkdirSync } from 'node:fs';
import { access, mkdir, open, readdir, rename, rm, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvariantBroken } from '../../domain/kernel/errors.js';
import type { ObjectReference, ObjectStore } from '../../domain/kernel/ports/object-store.js';
import { crashPoint } from '../system/crash-points.js';
import { isMissing, syncDirectory, syncFile } from './durable-files.js';

const sha256Pattern = /^[0-9a-f]{64}$/;

/** Objects as files, each under its SHA-256: temporary file, fsync, rename, fsync of the folder, only then named. */
export class FileObjectStore implements ObjectStore {
  private readonly temporary: string;

  constructor(private readonly directory: string) {
    this.temporary = join(directory, 'temporary');
    mkdirSync(this.temporary, { recursive: true });
  }

  async put(bytes: AsyncIterable<Uint8Array>): Promise<ObjectReference> {
    const path = this.temporaryPath();
    const digest = createHash('sha256');
    let size = 0;
    try {
      const file = await open(path, 'wx');
      try {
        for await (const chunk of bytes) {
          digest.update(chunk);
          size += chunk.byteLength;
          await file.write(chunk);
        }
        await file.sync();
      } finally {
        await file.close();
      }
      return await this.name(path, digest.digest('hex'), size);
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    }
  }

  async putFile(path: string): Promise<ObjectReference> {
    const digest = createHash('sha256');
    let size = 0;
    for await (const chunk of createReadStream(path)) {
      const bytes = chunk as Uint8Array;
      digest.update(bytes);
      size += bytes.byteLength;
    }
    await syncFile(path);
    return this.name(path, digest.digest('hex'), size);
  }

  async *get(sha256: string): AsyncIterable<Uint8Array> {
    for await (const chunk of createReadStream(this.localPath(sha256))) yield chunk as Uint8Array;
  }

  async has(sha256: string): Promise<boolean> {
    try {
      await access(this.localPath(sha256));
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  localPath(sha256: string): string {
    if (!sha256Pattern.test(sha256))
      throw new InvariantBroken('objects.bad-name', 'an object is named by its SHA-256');
    return join(this.directory, sha256.slice(0, 2), sha256.slice(2));
  }

  temporaryPath(): string {
    return join(this.temporary, randomBytes(12).toString('hex'));
  }

  /** Removes what earlier processes left half-written. Only while nobody else writes here. */
  async sweepTemporary(): Promise<void> {
    for (const name of await readdir(this.temporary))
      await rm(join(this.temporary, name), { recursive: true, force: true });
  }

  private async name(path: string, sha256: string, bytes: number): Promise<ObjectReference> {
    const target = this.localPath(sha256);
    crashPoint('object.written');
    if (await renew(target)) {
      await unlink(path);
      return { sha256, bytes };
    }
    const folder = dirname(target);
    await mkdir(folder, { recursive: true });
    await rename(path, target);
    await syncDirectory(folder);
    await syncDirectory(this.directory);
    crashPoint('object.named');
    return { sha256, bytes };
  }
}

/** Makes an object young again, so that nobody collects it before it is named. @returns false when there is none */
async function renew(path: string): Promise<boolean> {
  try {
    const now = new Date();
    await utimes(path, now, now);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
