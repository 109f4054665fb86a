import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { SeedsReport } from '../run-seeds.js';
import { mutants } from './all-mutants.js';
import type { Mutant, SimulatedMutant, SpecifiedMutant } from './mutant.js';
import { MutatedCopy } from './mutated-copy.js';

export interface ControlsOptions {
  readonly rule: string | undefined;
  /** At most so many histories for each mutant. */
  readonly seeds: number;
  readonly json: boolean;
}

interface Noticed {
  /** The first history that showed it; null when none did, or a specification does. */
  readonly seed: number | null;
  readonly found: string;
  readonly asExpected: boolean;
}

interface Control extends Noticed {
  readonly rule: string;
  readonly without: string;
}

const patienceMs = 300_000;

/** Switches off each rule in a copy of the program. @returns whether each was missed */
export async function runControls({ rule, seeds, json }: ControlsOptions): Promise<boolean> {
  const chosen = mutants.filter((mutant) => rule === undefined || mutant.rule === rule);
  if (chosen.length === 0) throw new RangeError(`no control for a rule ${rule}`);
  const copy = new MutatedCopy(chosen.some((mutant) => 'spec' in mutant));
  const controls: Control[] = [];
  try {
    for (const mutant of chosen) {
      const control = { rule: mutant.rule, without: mutant.without, ...(await notice(copy, mutant, seeds)) };
      controls.push(control);
      if (!json) process.stdout.write(`${lineOf(control)}\n`);
    }
  } finally {
    copy.remove();
  }
  const missed = controls.filter(({ asExpected }) => !asExpected).length;
  process.stdout.write(
    `${JSON.stringify({ controls: controls.length, missed, ...(json && { all: controls }) })}\n`,
  );
  return missed === 0;
}

async function notice(copy: MutatedCopy, mutant: Mutant, seeds: number): Promise<Noticed> {
  try {
    return 'spec' in mutant
      ? await specify(copy, mutant)
      : await copy.as(mutant, () => simulate(copy.root, mutant, mutant.seeds ?? seeds));
  } catch (error) {
    return { seed: null, found: String(error), asExpected: false };
  }
}

async function simulate(root: string, { finds, scenario }: SimulatedMutant, seeds: number): Promise<Noticed> {
  const main = join(root, 'dist', 'simulation', 'main.js');
  const options = [...(scenario === undefined ? [] : ['--scenario', scenario]), '--first-failure', '--json'];
  const { output } = await run(root, [main, '--seeds', `${seeds}`, ...options]);
  const last = output.trim().split('\n').at(-1) ?? '';
  if (!last.startsWith('{')) throw new Error('the mutant ended without a report');
  const report = JSON.parse(last) as SeedsReport;
  const [first] = report.failed;
  const names = first?.findings.map(({ name }) => name) ?? [];
  const expected = names.find((name) => finds.includes(name));
  return {
    seed: first?.seed ?? null,
    found: `${scenario === undefined ? '' : `${scenario}: `}${expected ?? names[0] ?? `nothing in ${report.seeds} seeds`}`,
    asExpected: expected !== undefined,
  };
}

/** The specification must hold without the mutant, in the same copy: otherwise its failure would say nothing. */
async function specify(copy: MutatedCopy, mutant: SpecifiedMutant): Promise<Noticed> {
  const { spec } = mutant;
  if ((await runSpec(copy.root, spec)).code !== 0) throw new Error(`${spec} fails without the mutant too`);
  const { code, output } = await copy.as(mutant, () => runSpec(copy.root, spec));
  const failures = Number(/^Tests: +(\d+) failed/m.exec(output)?.[1] ?? 0);
  return { seed: null, found: `${spec}: ${failures} failed`, asExpected: code !== 0 && failures > 0 };
}

function runSpec(root: string, spec: string): Promise<Ended> {
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  return run(root, ['--experimental-vm-modules', jest, spec, '--no-cache', '--runInBand']);
}

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function run(root: string, given: readonly string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, given, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const impatience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    let output = '';
    let complaints = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    // Jest tells there how it went; the simulation, its progress.
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(impatience);
      resolve({ code, output: `${complaints}\n${output}` });
    });
  });
}

function lineOf({ rule, without, seed, found, asExpected }: Control): string {
  const at = seed === null ? '' : `seed ${seed}: `;
  return `${rule.padEnd(4)}without ${without} → ${asExpected ? '' : 'NOT FOUND: '}${at}${found}`;
}
