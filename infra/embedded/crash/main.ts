import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { killNodes } from './kill-nodes.js';

interface Arguments {
  readonly kills: number;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is expected.');
  return Number(text);
}

/** Ends with 0 (everything was kept), 1 (something was lost or torn) or 2 (misuse). */
async function main(): Promise<number> {
  const program = new Command('crash:nodes')
    .description(
      'Kills both embedded nodes again and again while the official clients write to them, and compares the stores ' +
        'with what was acknowledged. Progress goes to standard error; the last line of standard output is JSON.',
    )
    .option('--kills <number>', 'how many kills, of both nodes together', wholeNumber, 300)
    .option('--seed <number>', 'what the times of the kills and the writes are drawn from', wholeNumber, 1)
    .option('--from <ms>', 'the earliest kill after a node listens', wholeNumber, 50)
    .option('--to <ms>', 'the latest kill after a node listens', wholeNumber, 400)
    .showHelpAfterError()
    .exitOverride();
  try {
    program.parse();
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    throw error;
  }
  const { kills, seed, from, to } = program.opts<Arguments>();
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const result = await killNodes({
    kills,
    seed,
    after: 'milliseconds',
    between: [from, Math.max(from, to)],
    onProgress,
  });
  process.stdout.write(`${JSON.stringify(result)}\n`);
  return result.lost + result.torn > 0 ? 1 : 0;
}

process.exitCode = await main();
