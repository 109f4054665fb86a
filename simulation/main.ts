import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { runControls } from './controls/run-controls.js';
import { runSeeds } from './run-seeds.js';
import { scenarios } from './scenarios/all-scenarios.js';

interface Options {
  readonly seeds?: number;
  readonly seed?: number;
  readonly controls?: boolean;
  readonly scenario?: string;
  readonly rule?: string;
  readonly firstFailure?: boolean;
  readonly json?: boolean;
}

const defaultSeeds = 1000;
const exitCodes = { holds: 0, violated: 1, misuse: 2 } as const;

/** Ends with 0 (nothing found; with `--controls`: everything found), 1 (the contrary) or 2 (misuse). */
async function main(): Promise<number> {
  const program = new Command('simulate')
    .description('Runs the engine over seeded faults in virtual time, and checks what must hold afterwards.')
    .option('--seeds <number>', `how many histories; ${defaultSeeds} unless --seed is given`, wholeNumber)
    .option('--seed <number>', 'the first; alone: this one, with its trace', wholeNumber)
    .option('--scenario <name>', `this one, or all: ${scenarios.map(({ name }) => name).join(', ')}`, named)
    .option('--first-failure', 'end at the first seed that fails')
    .option('--controls', 'switch off each rule in turn, and see that the simulation notices')
    .option('--rule <name>', 'with --controls: this rule only, for example C1')
    .option('--json', 'no trace and no table, only the last line')
    .showHelpAfterError()
    .exitOverride();
  try {
    program.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.holds : exitCodes.misuse;
    throw error;
  }
  const {
    seeds,
    seed,
    scenario,
    controls = false,
    rule,
    firstFailure = false,
    json = false,
  } = program.opts<Options>();
  if (rule !== undefined && !controls) {
    process.stderr.write('--rule goes with --controls\n');
    return exitCodes.misuse;
  }
  const holds = controls
    ? await runControls({ rule, seeds: seeds ?? defaultSeeds, json })
    : await runSeeds({
        first: seed ?? 1,
        count: seeds ?? (seed === undefined ? defaultSeeds : 1),
        untilFirstFailure: firstFailure,
        scenarios: scenarios.filter(({ name }) => scenario === 'all' || name === scenario),
        showTrace: seed !== undefined && seeds === undefined && !json,
      });
  return holds ? exitCodes.holds : exitCodes.violated;
}

function named(name: string): string {
  if (name !== 'all' && !scenarios.some((scenario) => scenario.name === name))
    throw new InvalidArgumentError('There is no such scenario.');
  return name;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('It is not a whole number.');
  return number;
}

process.exitCode = await main();
