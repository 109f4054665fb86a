import { createHash } from 'node:crypto';
import { VirtualTime } from './faults/virtual-time.js';
import { runSeed } from './seed.js';
import type { Finding } from './oracle/findings.js';

export interface SeedsOptions {
  readonly first: number;
  readonly count: number;
  readonly untilFirstFailure: boolean;
  readonly showTrace: boolean;
}

/** The last line of output. */
export interface SeedsReport {
  readonly seeds: number;
  readonly failures: number;
  readonly seconds: number;
  /** Over everything that happened: the same seeds have the same digest. */
  readonly digest: string;
  readonly failed: readonly { readonly seed: number; readonly findings: readonly Finding[] }[];
}

const progressEverySeconds = 5;
const shownFailures = 20;

/** Runs seeds one after another. @returns whether nothing was found */
export async function runSeeds({
  first,
  count,
  untilFirstFailure,
  showTrace,
}: SeedsOptions): Promise<boolean> {
  const seconds = stopwatch();
  const time = VirtualTime.install();
  // Failures of stores are daily bread here, and nobody reads where they come from.
  Error.stackTraceLimit = 0;
  const digest = createHash('sha256');
  const failed: { seed: number; findings: readonly Finding[] }[] = [];
  let run = 0;
  let told = 0;
  for (let seed = first; seed < first + count; seed++) {
    const result = await runSeed(time, seed, showTrace);
    run++;
    digest.update(result.digest);
    if (showTrace) process.stdout.write(`${result.trace.join('\n')}\n`);
    if (result.findings.length > 0) {
      failed.push({ seed, findings: result.findings });
      for (const { name, detail } of result.findings.slice(0, 5))
        process.stderr.write(`seed ${seed}: ${name}: ${detail}\n`);
      if (untilFirstFailure) break;
    }
    if (seconds() - told > progressEverySeconds) {
      told = seconds();
      process.stderr.write(`${run} of ${count} seeds, ${failed.length} failed, ${Math.round(told)} s\n`);
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
