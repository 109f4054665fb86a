import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NodeUnderFault } from './testing/node-under-fault.js';
import { mayMount, mountSmallDisk, withFilesUpTo } from './testing/small-disk.js';

const MEBIBYTE = 1024 * 1024;
const MOST_WRITES = 10_000;
const KINDS = ['eventstore', 'mongo'] as const;

describe.each(KINDS)('the %s node', (kind) => {
  // Where nothing may be mounted, the limit below has to do: the same refusal by the same kernel, without an end.
  const ifMountable = mayMount() ? test : undefined;

  ifMountable?.(
    'refuses writes on a full disk, goes on reading, and writes again when there is room',
    async () => {
      const disk = mountSmallDisk(20 * MEBIBYTE);
      const ballast = join(disk.folder, 'ballast');
      writeFileSync(ballast, Buffer.alloc(8 * MEBIBYTE));
      const node = await NodeUnderFault.start(kind, disk.folder);
      try {
        expect(await node.writeUntilFault(MOST_WRITES)).toBe('refused');
        expect(await node.write()).toBe('refused');
        expect(await node.read()).toEqual(node.acknowledged);

        unlinkSync(ballast);
        expect(await node.write()).toBe('written');
        expect(await node.writeUntilFault(MOST_WRITES)).toBe('refused');
      } finally {
        const { contradictions, numbers } = await node.afterRestart();
        disk.release();
        expect(contradictions).toEqual([]);
        expect(numbers).toEqual(node.acknowledged);
      }
    },
  );

  test('whose file may not grow any more refuses writes or ends, and keeps what it acknowledged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'axion-file-limit-'));
    const node = await NodeUnderFault.start(kind, folder, withFilesUpTo(12 * MEBIBYTE));
    const outcome = await node.writeUntilFault(MOST_WRITES);
    expect(['refused', 'ended']).toContain(outcome);
    if (outcome === 'refused') expect(await node.read()).toEqual(node.acknowledged);
    expect(node.acknowledged.length).toBeGreaterThan(500);
    const { contradictions, numbers } = await node.afterRestart();
    rmSync(folder, { recursive: true, force: true });
    expect(contradictions).toEqual([]);
    expect(numbers).toEqual(node.acknowledged);
  });
});
