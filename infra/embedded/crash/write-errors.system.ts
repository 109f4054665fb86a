import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failCalls } from './testing/failing-calls.js';
import { NodeUnderFault } from './testing/node-under-fault.js';

const KINDS = ['eventstore', 'mongo'] as const;
const BEFORE = 50;

/** Every place where a commit meets the disk: its pages, the sync, the page that makes it valid. */
const FAULTS = [
  'fdatasync:error=EIO',
  'pwrite64:error=ENOSPC',
  ...[2, 3, 4, 5].map((which) => `pwrite64:error=EIO:when=${which}+`),
];

describe.each(KINDS)('the %s node', (kind) => {
  let folder: string;
  let onTestEnd = (): void => {};
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'axion-write-error-'));
  });
  afterEach(() => {
    onTestEnd();
    rmSync(folder, { recursive: true, force: true });
  });

  test.each(FAULTS)(
    'refuses writes or ends itself within 6 s, and keeps what it acknowledged: %s',
    async (fault) => {
      const node = await NodeUnderFault.start(kind, folder);
      onTestEnd = () => node.kill();
      await node.writeMany(BEFORE);
      const failing = await failCalls(node.processId, fault);
      const outcome = await node.writeUntilFault(BEFORE);
      const isRefusing = outcome === 'refused';
      const read = isRefusing ? await node.read() : node.acknowledged;
      await failing.stop();
      expect(['refused', 'ended']).toContain(outcome);
      expect(read).toEqual(expect.arrayContaining(node.acknowledged));
      const { contradictions, numbers } = await node.afterRestart();
      expect(contradictions).toEqual([]);
      // A refused write may be there all the same: only its answer was lost.
      expect(numbers.filter((number) => node.acknowledged.includes(number))).toEqual(node.acknowledged);
      expect(new Set(numbers).size).toBe(numbers.length);
    },
  );
});
