import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codeOf } from '../../../domain/kernel/errors.js';
import { until } from '../../engine/projections/testing/until.js';
import { SigningKeys, makeFirstSeed, makeNextSeed } from './signing-keys.js';

const directory = mkdtempSync(join(tmpdir(), 'axion-signing-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('the signing keys', () => {
  const keys = new SigningKeys('axion/test', { kind: 'files', directory });

  it('are none before the first is made', async () => {
    expect(await keys.all()).toEqual([]);
    const failure: unknown = await makeNextSeed(directory).catch((error: unknown) => error);
    expect(codeOf(failure)).toBe('audit.no-key');
    expect(codeOf(await keys.newest().catch((error: unknown) => error))).toBe('audit.no-key');
  });

  it('are made once, for their owner alone', async () => {
    expect(await makeFirstSeed(directory)).toBe(true);
    expect(await makeFirstSeed(directory)).toBe(false);
    expect(await keys.all()).toHaveLength(1);
    expect(statSync(join(directory, 'signing.key')).mode & 0o777).toBe(0o600);
    expect(statSync(join(directory, 'signing.key')).size).toBe(32);
  });

  it('count as soon as the next is made, and sign soon after', async () => {
    const [first] = await keys.all();
    await makeNextSeed(directory);
    const both = await keys.all();
    expect(both[0]?.verifier.id).toEqual(first?.verifier.id);
    await until('it signs', async () => (await keys.newest()).verifier.id === both[1]?.verifier.id);
    expect(readdirSync(directory).sort()).toEqual(['signing.2.key', 'signing.key']);
  });

  it('can be told', async () => {
    const told = new SigningKeys('axion/test', { kind: 'told', seeds: [Buffer.alloc(32, 1)] });
    expect(await told.all()).toHaveLength(1);
  });
});
