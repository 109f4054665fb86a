import { createHash } from 'node:crypto';
import { VirtualTime } from './faults/virtual-time.js';
import { runSeed } from './seed.js';
import type { Scenario } from './scenarios/scenario.js';
import type { Finding } from './oracle/findings.js';

export interface SeedsOptions {
  readonly first: number;
  readonly count: number;
  readonly untilFirstFailure: boolean;
  readonly showTrace: boolean;
  /** Each of them for every seed; none: any history. */
  readonly scenarios?: readonly Scenario[];
}

export interface FailedSeed {
  readonly seed: number;
  readonly scenario?: string;
  readonly findings: readonly Finding[];
}

/** The last line of output. */
export interface SeedsReport {
  /** How many histories. */
  readonly seeds: number;
  readonly failures: number;
  readonly seconds: number;
  /** Over everything that happened: the same seeds have the same digest. */
  readonly digest: string;
  readonly failed: readonly FailedSeed[];
}

const progressEverySeconds = 5;
const shownFailures = 20;

/** Runs seeds one after another. @returns whether nothing was found */
export async function runSeeds({
  first,
  count,
  untilFirstFailure,
  showTrace,
  scenarios = [],
}: SeedsOptions): Promise<boolean> {
  const seconds = stopwatch();
  const time = VirtualTime.install();
  // Failures of stores are daily bread here, and nobody reads where they come from.
  Error.stackTraceLimit = 0;
  const digest = createHash('sha256');
  const failed: FailedSeed[] = [];
  const plays: readonly (Scenario | undefined)[] = scenarios.length > 0 ? scenarios : [undefined];
  const histories = Array.from({ length: count }, (_none, nth) =>
    plays.map((scenario) => ({ seed: first + nth, scenario })),
  ).flat();
  let run = 0;
  let told = 0;
  for (const { seed, scenario } of histories) {
    const result = await runSeed(time, seed, { scenario, keepTrace: showTrace });
    run++;
    digest.update(result.digest);
    if (showTrace) process.stdout.write(`${result.trace.join('\n')}\n`);
    if (result.findings.length > 0) {
      failed.push({ seed, ...(scenario && { scenario: scenario.name }), findings: result.findings });
      for (const { name, detail } of result.findings.slice(0, 5))
        process.stderr.write(`${scenario?.name ?? ''} seed ${seed}: ${name}: ${detail}\n`.trimStart());
      if (untilFirstFailure) break;
    }
    if (seconds() - told > progressEverySeconds) {
      told = seconds();
      process.stderr.write(
        `${run} of ${histories.length} seeds, ${failed.length} failed, ${Math.round(told)} s\n`,
      );
    }
  }
  const report: SeedsReport = {
    seeds: run,
    failures: failed.length,
    seconds: Math.round(seconds() * 10) / 10,
    digest: digest.digest('hex'),
    failed: failed.slice(0, shownFailures),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`);
  return failed.length === 0;
}

/** Real time: that of the program is virtual. */
function stopwatch(): () => number {
  const started = process.hrtime.bigint();
  return () => Number(process.hrtime.bigint() - started) / 1e9;
}
