import { Command, CommanderError } from 'commander';
import { wholeNumber } from '../kit/whole-number.js';
import { crashSealers } from './crash-sealers.js';

interface Arguments {
  readonly rounds: number;
  readonly seed: number;
  readonly keep?: boolean;
  readonly controls?: boolean;
}

/** Ends with 0 (everything holds), 1 (something was violated, or a control was not found) or 2 (misuse). */
async function main(): Promise<number> {
  const program = new Command('crash:sealers')
    .description(
      'Runs two sealers of two filter versions over one log at once, stops and kills them at every step of sealing ' +
        'while somebody appends, and looks after each round: one root for each size, everything sealed, no false ' +
        'incident. In a round each step sees one stop and one kill. Progress goes to standard error; the last line ' +
        'of standard output is JSON.',
    )
    .option('--rounds <number>', 'how many rounds', wholeNumber, 110)
    .option('--seed <number>', 'what the times and the writes are drawn from', wholeNumber, 1)
    .option('--controls', 'afterwards plant a violation of each kind, and see that it is found')
    .option('--keep', 'keep the folder in which something was found')
    .showHelpAfterError()
    .exitOverride();
  try {
    program.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const { rounds, seed, keep = false, controls = false } = program.opts<Arguments>();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const result = await crashSealers({ rounds, seed, keep, controls, say });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const isViolated = Object.values(result.violations).some((count) => count > 0);
  const isBlind = controls && !Object.values(result.controls ?? {}).every(Boolean);
  return isViolated || isBlind ? 1 : 0;
}

process.exitCode = await main();
