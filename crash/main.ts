import { Command, CommanderError } from 'commander';
import { crashRun } from './crash-run.js';
import { wholeNumber } from './kit/whole-number.js';

interface Arguments {
  readonly kills: number;
  readonly seed: number;
  readonly clients: number;
  readonly readyWithin: number;
  readonly keep?: boolean;
  readonly controls?: boolean;
}

/** Ends with 0 (everything holds), 1 (something was violated, or was ready too late) or 2 (misuse). */
async function main(): Promise<number> {
  const program = new Command('crash')
    .description(
      'Kills the whole system again and again, at random times and at the boundaries of its steps, while clients use ' +
        'all of it, and compares what is left with what they were told. Progress goes to standard error; the last ' +
        'line of standard output is JSON. Ctrl-C ends it early, after one more look.',
    )
    .option('--kills <number>', 'how many kills', wholeNumber, 25)
    .option('--seed <number>', 'what the deaths and the load are drawn from', wholeNumber, 1)
    .option(
      '--clients <number>',
      'how many use everything at once, beside one who compares books',
      wholeNumber,
      6,
    )
    .option('--ready-within <seconds>', 'how soon it must be ready after a death', wholeNumber, 5)
    .option('--controls', 'afterwards plant a violation of each kind, and see that it is found')
    .option('--keep', 'keep the data directory in which something was found')
    .showHelpAfterError()
    .exitOverride();
  try {
    program.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const { readyWithin, keep = false, controls = false, ...rest } = program.opts<Arguments>();
  const say = (line: string): void => void process.stderr.write(`${line}\n`);
  const ending = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      say('ends after one more look');
      ending.abort();
    });
  const result = await crashRun({ ...rest, keep, controls, stopping: ending.signal, say });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  const isViolated = Object.values(result.violations).some((count) => count > 0);
  const isSlow = result.readySecondsMax > readyWithin;
  if (isSlow) say(`it took ${result.readySecondsMax} s to be ready, where ${readyWithin} s are allowed`);
  const isBlind = controls && !Object.values(result.controls ?? {}).every(Boolean);
  return isViolated || isSlow || isBlind ? 1 : 0;
}

process.exitCode = await main();
