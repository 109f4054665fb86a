import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SmallDisk {
  readonly folder: string;
  release(): void;
}

/**
 * A file system of its own in memory.
 * @throws Error in words when mounting is not permitted here
 */
export function mountSmallDisk(bytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'axion-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (error) {
    rmSync(folder, { recursive: true });
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(`a small disk needs the right to mount (root, or CAP_SYS_ADMIN): ${words}`);
  }
  return {
    folder,
    release: () => {
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true });
    },
  };
}

export function mayMount(): boolean {
  try {
    mountSmallDisk(65_536).release();
    return true;
  } catch {
    return false;
  }
}

/** What runs a program none of whose files may grow beyond so many bytes: the kernel refuses the write. */
export function withFilesUpTo(bytes: number): string[] {
  return ['bash', '-c', `trap '' XFSZ; ulimit -f ${bytes / 1024}; exec "$@"`, 'bash'];
}
