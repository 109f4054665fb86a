import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compiled } from '../apps/config/compiled.js';
import { readConfiguration } from '../apps/config/configuration.js';
import { SeededRandom } from '../infra/embedded/crash/random.js';
import { crashPointNames, crashVariable } from '../infra/system/crash-points.js';
import { Fates } from './fates.js';

const folder = mkdtempSync(join(tmpdir(), 'axion-crash-points-'));
const marker = join(folder, 'append.before');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How a process ends that passes `append.before`. */
async function passing(environment: Readonly<Record<string, string>>): Promise<string> {
  const { NODE_OPTIONS: _options, NODE_ENV: _environment, ...inherited } = process.env;
  const points = pathToFileURL(compiled('infra/system/crash-points.js')).href;
  const program = `(await import(${JSON.stringify(points)})).crashPoint('append.before');`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    env: { ...inherited, ...environment },
    stdio: 'ignore',
  });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return signal ?? String(code);
}

describe('A crash point', () => {
  it('is passed when it is not armed', async () => {
    writeFileSync(marker, '');
    expect(await passing({})).toBe('0');
    expect(existsSync(marker)).toBe(true);
  });

  it('is passed in production, whatever is set', async () => {
    writeFileSync(marker, '');
    expect(await passing({ [crashVariable]: folder, NODE_ENV: 'production' })).toBe('0');
  });

  it('is passed when another one is marked', async () => {
    rmSync(marker, { force: true });
    writeFileSync(join(folder, 'append.after'), '');
    expect(await passing({ [crashVariable]: folder })).toBe('0');
  });

  it('kills the one that comes to it first, and nobody afterwards', async () => {
    writeFileSync(marker, '');
    expect(await passing({ [crashVariable]: folder })).toBe('SIGKILL');
    expect(await passing({ [crashVariable]: folder })).toBe('0');
  });

  it('cannot be armed in production', () => {
    expect(() => readConfiguration({ [crashVariable]: folder, NODE_ENV: 'production' })).toThrow(
      crashVariable,
    );
    expect(() => readConfiguration({ [crashVariable]: folder })).not.toThrow();
  });
});

describe('The deaths that are drawn', () => {
  const drawn = (seed: number) => {
    const fates = new Fates(new SeededRandom(seed));
    return Array.from({ length: 300 }, () => fates.next());
  };

  it('come to every crash point, and to each before one comes up again', () => {
    const points = drawn(1).flatMap((fate) => (fate.kind === 'point' ? [fate.point] : []));
    const all = crashPointNames.length;
    for (let at = 0; at + all <= points.length; at += all)
      expect(new Set(points.slice(at, at + all)).size).toBe(all);
    expect(points.length).toBeGreaterThan(all);
  });

  it('are of every kind, and the same for the same seed', () => {
    expect(new Set(drawn(2).map(({ kind }) => kind))).toEqual(
      new Set(['group', 'supervisor', 'part', 'point']),
    );
    expect(drawn(3)).toEqual(drawn(3));
    expect(drawn(3)).not.toEqual(drawn(4));
  });

  it('spare no supervisor for more than three deaths of its children', () => {
    let spared = 0;
    for (const fate of drawn(5)) {
      spared = fate.kind === 'part' || (fate.kind === 'point' && !fate.whileStarting) ? spared + 1 : 0;
      expect(spared).toBeLessThanOrEqual(3);
    }
  });
});
