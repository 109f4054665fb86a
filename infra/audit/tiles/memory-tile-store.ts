import type { TileStore } from './tile-store.js';

/** Tiles in memory: for specifications and simulations. */
export class MemoryTileStore implements TileStore {
  readonly files = new Map<string, Buffer>();

  read(path: string): Promise<Buffer | undefined> {
    return Promise.resolve(this.files.get(path));
  }

  write(files: ReadonlyMap<string, Uint8Array>): Promise<void> {
    for (const [path, bytes] of files) this.files.set(path, Buffer.from(bytes));
    return Promise.resolve();
  }
}
