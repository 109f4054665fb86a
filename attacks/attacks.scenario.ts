import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks } from './made/all-attacks.js';
import { runAttack, runUnharmed } from './run-attack.js';
import type { World } from './world/folders.js';
import { makeHonestWorld } from './world/honest-world.js';

const root = mkdtempSync(join(tmpdir(), 'axion-attacks-'));
let honest: World;
beforeAll(async () => {
  honest = await makeHonestWorld(join(root, 'world'));
});
afterAll(() => rmSync(root, { recursive: true }));

describe('a world', () => {
  it('that nobody attacked raises no alarm', async () => {
    expect(await runUnharmed(honest)).toEqual([]);
  });

  it.each(attacks.map((attack) => [attack.name, attack] as const))(
    'in which %s was done is found out by all who must find it, at its place',
    async (_name, attack) => {
      const { blind, undeceived, named, findings, onExport, verdict } = await runAttack(honest, attack);
      expect({ blind, undeceived, findings }).toEqual({ blind: [], undeceived: [], findings });
      expect(named).toBeDefined();
      expect(onExport).not.toEqual([]);
      expect(verdict).toBe('found');
    },
  );

  it('that was not attacked after all counts as a miss', async () => {
    const nothing = { ...attacks[0]!, deceives: [], make: () => Promise.resolve(undefined) };
    expect(await runAttack(honest, nothing)).toMatchObject({ verdict: 'missed', findings: [] });
  });
});
