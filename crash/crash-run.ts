import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../bench/kit/statistics.js';
import { SeededRandom } from '../infra/embedded/crash/random.js';
import { plantAll, type Planted } from './controls.js';
import { Deaths } from './deaths.js';
import { describeFate, Fates } from './fates.js';
import { Scene } from './scene.js';
import { Violations, type ViolationKind } from './oracle/violations.js';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  /** Who use everything at once, beside one who compares books. */
  readonly clients: number;
  /** A data directory in which something was found is kept. */
  readonly keep: boolean;
  /** Afterwards a violation of each kind is planted, which must be found. */
  readonly controls: boolean;
  /** Ends the run early: after one more look, with what was counted by then. */
  readonly stopping: AbortSignal;
  readonly say: (line: string) => void;
}

export interface CrashResult {
  readonly kills: number;
  readonly seed: number;
  readonly acked: number;
  readonly violations: Readonly<Record<ViolationKind, number>>;
  /** From a death, or from the start after it, until `/health/ready` says so. */
  readonly readySecondsMax: number;
  readonly readySecondsMedian: number;
  /** Whether each planted violation was found. */
  readonly controls?: Planted;
}

/** A data directory ends after so many kills, with a look at all of it. */
const killsPerScene = 50;

/**
 * Kills the whole system again and again while clients use all of it, and compares what is left with what they were
 * told. Ends at the first look that finds something.
 */
export async function crashRun(options: CrashOptions): Promise<CrashResult> {
  const { kills, seed, clients, say, stopping } = options;
  const random = new SeededRandom(seed);
  const fates = new Fates(random.fork());
  const deaths = new Deaths(random.fork());
  const violations = new Violations();
  const goesOn = (): boolean => deaths.kills < kills && violations.isEmpty() && !stopping.aborted;
  let acked = 0;
  let controls: Planted | undefined;
  for (let scenes = 1; goesOn(); scenes++) {
    const folder = mkdtempSync(join(tmpdir(), 'axion-crash-'));
    const scene = await Scene.create(folder, { name: `s${seed}-${scenes}`, clients }, random.fork());
    let hasEnded = false;
    try {
      await scene.begin();
      const until = Math.min(kills, deaths.kills + killsPerScene);
      await scene.underLoad(async () => {
        while (goesOn() && deaths.kills < until) {
          const fate = fates.next();
          say(
            `${deaths.kills} of ${kills} kills, ${acked + scene.acknowledgements.count} acknowledged; next: ${describeFate(fate)}`,
          );
          if (await deaths.have(fate, scene.platform, scene.steps)) fates.startedAnew();
          say(`ready after ${roundedSeconds(deaths.readySeconds.at(-1))} s`);
        }
      });
      const begun = performance.now();
      violations.addAll(await scene.examine());
      say(`examined in ${Math.round((performance.now() - begun) / 1000)} s`);
      say(`acknowledged: ${tallied(scene.acknowledgements.accepted)}`);
      say(`jobs begun again: ${tallied(scene.begunAgain)}`);
      await scene.platform.stop();
      if (options.controls && !goesOn() && violations.isEmpty()) controls = await plantAll(scene, say);
      hasEnded = true;
    } finally {
      acked += scene.acknowledgements.count;
      await scene.close();
      for (const oddity of new Set(scene.oddities)) say(`odd: ${oddity}`);
      if ((hasEnded && violations.isEmpty()) || !options.keep)
        rmSync(folder, { recursive: true, force: true });
      else say(`kept: ${folder}`);
    }
  }
  for (const line of violations.lines) say(line);
  for (const [point, { died, missed }] of deaths.atPoint)
    say(`${point}: ${died} died there${missed > 0 ? `, ${missed} times nobody came` : ''}`);
  return {
    kills: deaths.kills,
    seed,
    acked,
    violations: violations.counts,
    readySecondsMax: roundedSeconds(Math.max(0, ...deaths.readySeconds)),
    readySecondsMedian: roundedSeconds(median(deaths.readySeconds)),
    ...(controls && { controls }),
  };
}

function roundedSeconds(seconds = 0): number {
  return Math.round(seconds * 1000) / 1000;
}

function tallied(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${name} ${count}`).join(', ');
}
