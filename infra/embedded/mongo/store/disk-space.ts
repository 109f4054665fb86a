import { statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../errors.js';

/** LMDB does not come through a failed write unharmed, so a full disk is met before it is full. */
const RESERVED_BYTES = 4 * 1024 * 1024;
const PAGE_BYTES = 4096;
/** A value that needs pages of its own leaves up to half of them empty. */
const GROWTH = 2;

/** What a transaction will need of the disk, counted while its work is done. */
export class DiskSpace {
  private bytes = 0;
  private entries = 0;

  constructor(private readonly directory: string) {}

  /** A transaction begins: what the last one counted is over. */
  begin(): void {
    this.bytes = 0;
    this.entries = 0;
  }

  /** One entry of a table is written or, with 0 bytes, removed. */
  count(bytes: number): void {
    this.bytes += bytes;
    this.entries += 1;
  }

  /**
   * Asked at the end of the work, while all of it can still be thrown away.
   * @throws CommandError OutOfDiskSpace
   */
  assertRoom(): void {
    // Nothing was written, so nothing is needed: a node must come up, and go on reading, on a full disk.
    if (this.entries === 0) return;
    const free = this.freeBytes();
    // Every changed page is written anew, and there cannot be more of them than the file has.
    const copies = Math.min(this.entries * PAGE_BYTES, statSync(join(this.directory, 'data.mdb')).size);
    if (free >= RESERVED_BYTES + copies + this.bytes * GROWTH) return;
    throw new CommandError(
      'OutOfDiskSpace',
      `no space left on the device of the store: ${free} bytes are free`,
    );
  }

  /** What the file system has left for this process. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  /** How large the file system is. */
  totalBytes(): number {
    const { blocks, bsize } = statfsSync(this.directory);
    return blocks * bsize;
  }
}
