import fc from 'fast-check';
import { provesInclusion } from '../merkle/verify-proof.js';
import { inclusionProof } from '../merkle/prove.js';
import { leafHash } from '../merkle/hashing.js';
import { MemoryTileStore } from '../tiles/memory-tile-store.js';
import {
  decodeEntry,
  encodeEntry,
  workspaceTag,
  type ConfigurationEntry,
  type EventEntry,
} from './audit-entry.js';
import { AuditLogs, type Batch } from './audit-logs.js';

const configuration: ConfigurationEntry = { k: 'cfg', filter: '1', key: 'axion+0+A', signature: '' };

function eventEntry(position: number): EventEntry {
  return {
    k: 'ev',
    pos: String(position),
    pre: String(position),
    stream: `thing-acme.${position}`,
    rev: '0',
    id: `id-${position}`,
    type: 'ThingDone',
    h: 'aa',
    ph: 'bb',
  };
}

function batchOf(workspaces: readonly string[], first = 0): Batch {
  return {
    entries: workspaces.map((workspace, index) => ({ workspace, entry: eventEntry(first + index) })),
    from: BigInt(first),
    to: BigInt(first + workspaces.length),
    ...(first === 0 && { configuration }),
  };
}

async function seal(logs: AuditLogs, store: MemoryTileStore, batch: Batch): Promise<void> {
  const growth = await logs.grow(batch);
  await store.write(growth.files);
  growth.adopt();
}

describe('the log of logs', () => {
  it('has a leaf for every event in its workspace, and every head in the origin', async () => {
    const store = new MemoryTileStore();
    const logs = new AuditLogs(store);
    await seal(logs, store, batchOf(['acme', 'beta', 'acme']));
    expect(logs.size).toBe(3);
    expect([logs.sizeOf('acme'), logs.sizeOf('beta'), logs.sizeOf('gamma')]).toEqual([2, 1, 0]);
    const leaves: unknown[] = [];
    for await (const bytes of logs.originLog().entries(logs.size)) leaves.push(decodeEntry(bytes));
    expect(leaves[0]).toEqual(configuration);
    expect(leaves.slice(1).map((leaf) => (leaf as { ws: string }).ws)).toEqual(
      [workspaceTag('acme'), workspaceTag('beta')].sort(),
    );
  });

  it('proves an event twice: in its workspace, and that head in the origin', async () => {
    const store = new MemoryTileStore();
    const logs = new AuditLogs(store);
    await seal(logs, store, batchOf(['acme', 'beta', 'acme']));
    const log = logs.logOf(workspaceTag('acme'));
    const proof = await inclusionProof(1, 2, log.nodes(2));
    const root = (await log.rangeAt(2)).root();
    expect(provesInclusion(1, 2, leafHash(encodeEntry(eventEntry(2))), proof, root)).toBe(true);
  });

  it('goes on after a restart as if there had been none', async () => {
    const names = fc.array(fc.constantFrom('acme', 'beta', 'gamma'), { maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(fc.array(names, { maxLength: 4 }), async (batches) => {
        const [one, other] = [new MemoryTileStore(), new MemoryTileStore()];
        const steady = new AuditLogs(one);
        let restarted = new AuditLogs(other);
        let position = 0;
        for (const names of batches) {
          const batch = batchOf(names, position);
          position += names.length;
          await seal(steady, one, batch);
          await seal(restarted, other, batch);
          const { size } = restarted;
          const root = restarted.root();
          restarted = new AuditLogs(other);
          await restarted.open(size, root);
        }
        expect(restarted.root()).toEqual(steady.root());
        expect(other.files).toEqual(one.files);
      }),
      { numRuns: 20 },
    );
  });

  it('changes nothing before its growth is adopted', async () => {
    const store = new MemoryTileStore();
    const logs = new AuditLogs(store);
    await seal(logs, store, batchOf(['acme']));
    const root = logs.root();
    await logs.grow(batchOf(['acme', 'beta'], 1));
    expect(logs.root()).toEqual(root);
    expect(logs.sizeOf('beta')).toBe(0);
  });

  it.each([
    ['an entry of the origin', 'origin/tile/entries/000.p/3'],
    ['a tile of the origin', 'origin/tile/0/000.p/3'],
    ['a tile of a workspace', `workspaces/${workspaceTag('acme')}/tile/0/000.p/2`],
  ])('is not taken up after %s was changed', async (_what, path) => {
    const store = new MemoryTileStore();
    const logs = new AuditLogs(store);
    await seal(logs, store, batchOf(['acme', 'beta', 'acme']));
    const bytes = Buffer.from(store.files.get(path) as Buffer);
    const at = bytes.length - 4;
    bytes[at] = (bytes[at] as number) ^ 1;
    store.files.set(path, bytes);
    await expect(new AuditLogs(store).open(logs.size, logs.root())).rejects.toThrow(/sealed|cannot be read/);
  });
});

describe('a leaf', () => {
  it.each([
    ['no JSON', '{'],
    ['another order of its keys', '{"pos":"1","k":"ts","stream":"thing-acme.1"}'],
    ['an unknown kind', '{"k":"zz"}'],
    ['a missing field', '{"k":"ts","pos":"1"}'],
    ['a field too many', '{"a":"","k":"ts","pos":"1","stream":"thing-acme.1"}'],
    ['a value that is no text', '{"k":"ts","pos":1,"stream":"thing-acme.1"}'],
    ['an inherited kind', '{"k":"toString"}'],
  ])('is refused with %s', (_what, text) => {
    expect(() => decodeEntry(Buffer.from(text))).toThrow('cannot be read');
  });
});
