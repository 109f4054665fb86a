import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { CompactRange } from '../merkle/compact-range.js';
import { leafHash } from '../merkle/hashing.js';
import { consistencyProof, inclusionProof, rangeHash } from '../merkle/prove.js';
import { provesConsistency, provesInclusion } from '../merkle/verify-proof.js';
import { decodeBundle, encodeBundle } from './entry-bundle.js';
import { FileTileStore } from './file-tile-store.js';
import { MemoryTileStore } from './memory-tile-store.js';
import { parseTilePath, tilePath } from './tile-path.js';
import { TiledLog } from './tiled-log.js';
import type { TileStore } from './tile-store.js';

const entry = (index: number): Buffer => Buffer.from(`entry ${index}`);

async function grownBy(store: TileStore, steps: readonly number[]): Promise<CompactRange> {
  let range = CompactRange.empty();
  for (const step of steps) {
    const log = new TiledLog(store);
    const entries = Array.from({ length: step }, (_none, index) => entry(range.size + index));
    // Each step begins anew from the tiles, as after a restart.
    range = await log.rangeAt(range.size);
    await store.write(await log.grow(range, entries));
  }
  return range;
}

describe('the path of a tile', () => {
  it.each([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 1_234_067, width: 256 }, 'tile/0/x001/x234/067'],
    [{ level: 1, index: 999, width: 5 }, 'tile/1/999.p/5'],
    [{ level: 'entries' as const, index: 1000, width: 255 }, 'tile/entries/x001/000.p/255'],
  ])('of %j is %s', (name, path) => {
    expect(tilePath(name)).toBe(path);
    expect(parseTilePath(path)).toEqual(name);
  });

  it.each([
    'tile/0/0',
    'tile/00/000',
    'tile/64/000',
    'tile/0/x000/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/05',
    'tile/0/../000',
    '/tile/0/000',
    'tile/0/000/',
    'checkpoint',
  ])('is never %s', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });
});

describe('a bundle of entries', () => {
  it('gives back what went in', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 20 }), (entries) => {
        expect(decodeBundle(encodeBundle(entries))).toEqual(entries.map((one) => Buffer.from(one)));
      }),
    );
  });

  it('that was cut anywhere is refused, unless it was cut between entries', () => {
    const whole = encodeBundle([entry(1), entry(2)]);
    for (let length = 1; length < whole.length; length++) {
      if (length === whole.length / 2) continue;
      expect(() => decodeBundle(whole.subarray(0, length))).toThrow('a bundle ends in the middle');
    }
  });

  it('takes no entry whose length it could not write', () => {
    expect(() => encodeBundle([Buffer.alloc(65_536)])).toThrow('at most 65535 bytes');
  });
});

describe('a log in tiles', () => {
  it('is the same tree, whatever steps it grew in', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 5 }), async (steps) => {
        const store = new MemoryTileStore();
        const range = await grownBy(store, steps);
        const plain = CompactRange.empty();
        for (let index = 0; index < range.size; index++) plain.append(leafHash(entry(index)));
        expect(range.root()).toEqual(plain.root());
        const found: Buffer[] = [];
        for await (const one of new TiledLog(store).entries(range.size)) found.push(one);
        expect(found).toEqual(Array.from({ length: range.size }, (_none, index) => entry(index)));
      }),
      { numRuns: 10 },
    );
  });

  it('proves any leaf, and any earlier size, from its tiles alone', async () => {
    const store = new MemoryTileStore();
    const range = await grownBy(store, [300, 5, 66_000]);
    const log = new TiledLog(store);
    const node = log.nodes(range.size);
    for (const index of [0, 255, 256, 299, 304, 65_535, 65_536, range.size - 1]) {
      const proof = await inclusionProof(index, range.size, node);
      expect(provesInclusion(index, range.size, leafHash(entry(index)), proof, range.root())).toBe(true);
    }
    for (const earlier of [1, 256, 300, 305, 65_536]) {
      const root = await rangeHash(0, earlier, node);
      const proof = await consistencyProof(earlier, range.size, node);
      expect(provesConsistency(earlier, range.size, proof, root, range.root())).toBe(true);
    }
  });

  it('names the tile that is missing or damaged', async () => {
    const store = new MemoryTileStore();
    await grownBy(store, [300]);
    store.files.set('tile/1/000.p/1', Buffer.alloc(5));
    await expect(new TiledLog(store).rangeAt(300)).rejects.toThrow(
      'tile/1/000.p/1 has not the length of a tile',
    );
    store.files.delete('tile/1/000.p/1');
    await expect(new TiledLog(store).rangeAt(300)).rejects.toThrow('the audit log lacks tile/1/000.p/1');
  });

  it('lies in files that appear as a whole', async () => {
    const root = mkdtempSync(join(tmpdir(), 'axion-tiles-'));
    try {
      const store = new FileTileStore(join(root, 'log'));
      const range = await grownBy(store, [300, 10]);
      expect((await new TiledLog(store).rangeAt(310)).root()).toEqual(range.root());
      const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
      expect(files.filter((path) => path.endsWith('.new'))).toEqual([]);
      expect(files).toContain(join('log', 'tile', '0', '001.p', '54'));
      expect(await store.read('tile/5/000')).toBeUndefined();
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it('lies there whole while two sealers write the same', async () => {
    const root = mkdtempSync(join(tmpdir(), 'axion-tiles-'));
    const files = new Map([['tile/0/000', Buffer.alloc(8192, 7)]]);
    try {
      const stores = [new FileTileStore(root), new FileTileStore(root)];
      await Promise.all(
        stores.map(async (store) => {
          for (let times = 0; times < 30; times++) {
            await store.write(files);
            expect(await store.read('tile/0/000')).toEqual(files.get('tile/0/000'));
          }
        }),
      );
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
