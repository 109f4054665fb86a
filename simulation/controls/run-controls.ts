import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SeedsReport } from '../run-seeds.js';
import { commandMutants } from './command-mutants.js';
import { mutate, type Mutant } from './mutant.js';
import { projectionMutants } from './projection-mutants.js';
import { sagaMutants } from './saga-mutants.js';

export const mutants: readonly Mutant[] = [...commandMutants, ...projectionMutants, ...sagaMutants];

export interface ControlsOptions {
  readonly rule: string | undefined;
  /** At most so many histories for each mutant. */
  readonly seeds: number;
  readonly json: boolean;
}

interface Control {
  readonly rule: string;
  readonly without: string;
  /** The first history that showed it; null when none did. */
  readonly seed: number | null;
  readonly found: string;
  readonly asExpected: boolean;
}

const patienceMs = 180_000;
const compiled = fileURLToPath(new URL('../../', import.meta.url));

/** Switches off each rule in a copy of the compiled program. @returns whether each was missed */
export async function runControls({ rule, seeds, json }: ControlsOptions): Promise<boolean> {
  const chosen = mutants.filter((mutant) => rule === undefined || mutant.rule === rule);
  if (chosen.length === 0) throw new RangeError(`no control for a rule ${rule}`);
  const root = mkdtempSync(join(tmpdir(), 'axion-controls-'));
  const controls: Control[] = [];
  try {
    copyProgram(root);
    for (const mutant of chosen) {
      const control = await runMutant(root, mutant, mutant.seeds ?? seeds);
      controls.push(control);
      if (!json) process.stdout.write(`${lineOf(control)}\n`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
  const missed = controls.filter(({ asExpected }) => !asExpected).length;
  process.stdout.write(
    `${JSON.stringify({ controls: controls.length, missed, ...(json && { all: controls }) })}\n`,
  );
  return missed === 0;
}

function copyProgram(root: string): void {
  for (const folder of ['domain', 'infra', 'projections', 'simulation'])
    cpSync(join(compiled, folder), join(root, 'dist', folder), {
      recursive: true,
      filter: (path) => extname(path) !== '.map',
    });
  symlinkSync(join(compiled, '..', 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{"type":"module"}');
}

async function runMutant(root: string, mutant: Mutant, seeds: number): Promise<Control> {
  const { rule, without, file, finds } = mutant;
  const path = join(root, 'dist', file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutate(source, mutant));
  try {
    const report = await simulate(root, seeds);
    const [first] = report.failed;
    const names = first?.findings.map(({ name }) => name) ?? [];
    const expected = names.find((name) => finds.includes(name));
    return {
      rule,
      without,
      seed: first?.seed ?? null,
      found: expected ?? names[0] ?? `nothing in ${report.seeds} seeds`,
      asExpected: expected !== undefined,
    };
  } catch (error) {
    return { rule, without, seed: null, found: String(error), asExpected: false };
  } finally {
    writeFileSync(path, source);
  }
}

/** @throws Error when the program ends without a report */
function simulate(root: string, seeds: number): Promise<SeedsReport> {
  return new Promise((resolve, reject) => {
    const main = join(root, 'dist', 'simulation', 'main.js');
    const child = spawn(process.execPath, [main, '--seeds', `${seeds}`, '--first-failure', '--json'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(impatience);
      const last = output.trim().split('\n').at(-1) ?? '';
      if (last.startsWith('{')) resolve(JSON.parse(last) as SeedsReport);
      else reject(new Error('the mutant ended without a report'));
    });
  });
}

function lineOf({ rule, without, seed, found, asExpected }: Control): string {
  const verdict = asExpected
    ? `seed ${seed}: ${found}`
    : `NOT FOUND (${found}${seed === null ? '' : ` at ${seed}`})`;
  return `${rule.padEnd(4)}without ${without} → ${verdict}`;
}
