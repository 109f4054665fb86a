import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutants } from './controls/all-mutants.js';
import { edited, editsOf } from './controls/mutant.js';
import { rememberedSeeds } from './remembered-seeds.js';
import type { SeedsReport } from './run-seeds.js';
import { scenarios } from './scenarios/all-scenarios.js';

const sources = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(sources, 'dist');
/** As many as fit into about 15 seconds of a machine with nothing else to do. */
const seeds = 120;
const seedsOfEach = 3;

/** In a program of its own: it takes over every timer there is. */
function simulate(...options: readonly string[]): Promise<{ code: number | null; lines: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(compiled, 'simulation/main.js'), ...options], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, lines: output.trim().split('\n') }));
  });
}

async function report(...options: readonly string[]): Promise<SeedsReport> {
  const { lines } = await simulate(...options, '--json');
  return JSON.parse(lines.at(-1) ?? '') as SeedsReport;
}

describe('the simulation', () => {
  it('finds nothing in some hundred histories', async () => {
    expect(await report('--seeds', `${seeds}`)).toMatchObject({ seeds, failures: 0, failed: [] });
  }, 300_000);

  it('finds nothing in any of its scenarios', async () => {
    expect(await report('--scenario', 'all', '--seeds', `${seedsOfEach}`)).toMatchObject({
      seeds: seedsOfEach * scenarios.length,
      failed: [],
    });
  }, 300_000);

  it.each(rememberedSeeds)('finds nothing any more at seed $seed: $found', async ({ seed, scenario }) => {
    const played = scenario === undefined ? [] : ['--scenario', scenario];
    expect(await report('--seed', `${seed}`, ...played)).toMatchObject({ seeds: 1, failed: [] });
  });

  it('repeats a history byte for byte', async () => {
    const [one, other] = [await report('--seeds', '5'), await report('--seeds', '5')];
    expect(other.digest).toBe(one.digest);
    expect((await report('--seeds', '5', '--seed', '2')).digest).not.toBe(one.digest);
  }, 60_000);

  it('tells misuse from findings', async () => {
    expect(await simulate('--seeds', 'many')).toMatchObject({ code: 2 });
    expect(await simulate('--rule', 'C1')).toMatchObject({ code: 2 });
    expect(await simulate('--scenario', 'fair weather')).toMatchObject({ code: 2 });
    expect(await simulate('--help')).toMatchObject({ code: 0 });
  });
});

describe('the controls', () => {
  it.each(mutants)('can switch off $rule: $without', (mutant) => {
    for (const edit of editsOf(mutant)) {
      const source = readFileSync(join('spec' in mutant ? sources : compiled, edit.file), 'utf8');
      expect(edited(source, edit)).not.toBe(source);
    }
  });

  it('name scenarios that there are', () => {
    const named = mutants.flatMap((mutant) => ('scenario' in mutant ? [mutant.scenario] : []));
    expect(scenarios.map(({ name }) => name)).toEqual(expect.arrayContaining(named));
  });

  it('are noticed by the simulation', async () => {
    const { code, lines } = await simulate('--controls', '--rule', 'S3', '--seeds', '50', '--json');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ missed: 0 });
    expect(code).toBe(0);
  }, 300_000);
});
