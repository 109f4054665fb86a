import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { CompactRange } from '../merkle/compact-range.js';
import { hashBytes, leafHash, nodeHash } from '../merkle/hashing.js';
import type { NodeReader } from '../merkle/prove.js';
import { decodeBundle, encodeBundle } from './entry-bundle.js';
import { tileHeight, tilePath, tileWidth, type TileName } from './tile-path.js';
import type { TileStore } from './tile-store.js';

/** A log as it stands at some size, and how it grows. */
export class TiledLog {
  constructor(private readonly store: Pick<TileStore, 'read'>) {}

  /** The files that make the log of `range.size` leaves one of so many more; `range` grows with it. */
  async grow(range: CompactRange, entries: readonly Uint8Array[]): Promise<Map<string, Buffer>> {
    const before = range.size;
    const levels = new Map<number, Buffer[]>();
    for (const entry of entries)
      range.append(leafHash(entry), (level, _index, hash) => {
        if (level % tileHeight !== 0) return;
        const row = levels.get(level / tileHeight);
        if (row) row.push(hash);
        else levels.set(level / tileHeight, [hash]);
      });
    const files = new Map<string, Buffer>();
    const withOlder = async (level: TileName['level'], first: number): Promise<Buffer> =>
      first % tileWidth === 0
        ? Buffer.alloc(0)
        : this.read({ level, index: Math.floor(first / tileWidth), width: first % tileWidth });
    for (const [level, hashes] of levels) {
      const first = Math.floor(before / tileWidth ** level);
      const older = await withOlder(level, first);
      const row = Buffer.concat([older, ...hashes]);
      eachTile(level, first, first + hashes.length, (name, begin, end) =>
        files.set(tilePath(name), row.subarray(begin * hashBytes, end * hashBytes)),
      );
    }
    const bundled = decodeBundle(await withOlder('entries', before));
    const row: Uint8Array[] = [...bundled, ...entries];
    eachTile('entries', before, before + entries.length, (name, begin, end) =>
      files.set(tilePath(name), encodeBundle(row.slice(begin, end))),
    );
    return files;
  }

  /** The first `count` leaves of a log whose size was sealed: all of them, to grow on from. */
  async rangeAt(size: number, count = size): Promise<CompactRange> {
    const node = this.nodes(size);
    const hashes: Uint8Array[] = [];
    let begin = 0;
    for (let level = Math.floor(Math.log2(Math.max(count, 1))); level >= 0; level--) {
      const width = 2 ** level;
      if (count - begin < width) continue;
      hashes.push(await node(level, begin / width));
      begin += width;
    }
    return CompactRange.of(count, hashes);
  }

  /** Roots of the perfect subtrees of the log of `size` leaves, each tile read once. */
  nodes(size: number): NodeReader {
    const tiles = new Map<string, Promise<Buffer>>();
    return async (level, index) => {
      const tileLevel = Math.floor(level / tileHeight);
      const span = 2 ** (level % tileHeight);
      const first = index * span;
      const name = nameAt(
        tileLevel,
        Math.floor(first / tileWidth),
        Math.floor(size / tileWidth ** tileLevel),
      );
      const path = tilePath(name);
      let tile = tiles.get(path);
      if (!tile) tiles.set(path, (tile = this.read(name)));
      const begin = first % tileWidth;
      return subtreeHash(await tile, begin, begin + span);
    };
  }

  /** Entries from `begin` up to `end`, of a log of `size` leaves. */
  async *entries(size: number, begin = 0, end = size): AsyncIterable<Buffer> {
    for (let index = Math.floor(begin / tileWidth); index * tileWidth < end; index++) {
      const bundle = decodeBundle(await this.read(nameAt('entries', index, size)));
      const first = index * tileWidth;
      yield* bundle.slice(Math.max(begin - first, 0), end - first);
    }
  }

  private async read(name: TileName): Promise<Buffer> {
    const path = tilePath(name);
    const bytes = await this.store.read(path);
    if (!bytes) throw new InvariantBroken('audit.tile-missing', `the audit log lacks ${path}`, { path });
    if (name.level !== 'entries' && bytes.length !== name.width * hashBytes)
      throw new InvariantBroken('audit.tile-damaged', `${path} has not the length of a tile`, { path });
    return bytes;
  }
}

/** The widest tile of that index there is when its level holds `count`. */
function nameAt(level: TileName['level'], index: number, count: number): TileName {
  return { level, index, width: Math.min(tileWidth, count - index * tileWidth) };
}

/** Calls back for each tile that holds something of `first` up to `end`; places count from the first tile's begin. */
function eachTile(
  level: TileName['level'],
  first: number,
  end: number,
  found: (name: TileName, begin: number, end: number) => void,
): void {
  const firstTile = Math.floor(first / tileWidth);
  for (let index = firstTile; index * tileWidth < end; index++) {
    const name = nameAt(level, index, end);
    const begin = (index - firstTile) * tileWidth;
    found(name, begin, begin + name.width);
  }
}

function subtreeHash(tile: Buffer, begin: number, end: number): Buffer {
  if (end * hashBytes > tile.length)
    throw new InvariantBroken('audit.tile-damaged', 'a tile does not reach to the node that is asked for');
  if (end - begin === 1) return tile.subarray(begin * hashBytes, end * hashBytes);
  const middle = (begin + end) / 2;
  return nodeHash(subtreeHash(tile, begin, middle), subtreeHash(tile, middle, end));
}
