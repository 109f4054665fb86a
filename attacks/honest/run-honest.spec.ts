import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runHonest } from './run-honest.js';

const root = mkdtempSync(join(tmpdir(), 'axion-honest-'));
afterAll(() => rmSync(root, { recursive: true }));

describe('honest events', () => {
  it('raise no alarm after kills, a restart, a rotation and other schema versions', async () => {
    const run = await runHonest(root, { events: 1500, kills: 2, seed: 3 });
    expect(run.alarms).toEqual([]);
    expect(run).toMatchObject({ kills: 2, restarts: 1, rotations: 1 });
    expect(run.events).toBeGreaterThanOrEqual(1500);
    expect(run.receipts).toBeGreaterThan(0);
  }, 90_000);
});
