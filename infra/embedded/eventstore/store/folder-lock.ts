import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { realpathSync, rmSync } from 'node:fs';
import { type Server, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Another node has the folder open. */
export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';

  constructor(readonly directory: string) {
    super(`another process has the event store in ${directory} open`);
  }
}

/**
 * Keeps a folder to one process. The lock is a local socket, because the system frees its name when the process ends,
 * however it ends.
 */
export class FolderLock {
  private constructor(private readonly server: Server) {}

  static async take(directory: string): Promise<FolderLock> {
    const path = socketFor(directory);
    const server = createServer((socket) => socket.destroy());
    // The lock must not keep a process alive that has nothing else to do.
    server.unref();
    if (await listens(server, path)) return new FolderLock(server);
    // Where the name is a file it outlives its process; nobody answers there then.
    if (path.startsWith(tmpdir()) && !(await isAnswered(path))) {
      rmSync(path, { force: true });
      if (await listens(server, path)) return new FolderLock(server);
    }
    throw new FolderInUse(directory);
  }

  async release(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    await closed;
  }
}

function socketFor(directory: string): string {
  const digest = createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 32);
  const name = `axion-eventstore-${digest}`;
  if (process.platform === 'linux') return `\0${name}`;
  return process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

async function listens(server: Server, path: string): Promise<boolean> {
  server.listen(path);
  try {
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (isInUse(error)) return false;
    throw error;
  }
}

async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function isInUse(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'EADDRINUSE';
}
