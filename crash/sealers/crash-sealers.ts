import { SeededRandom } from '../../infra/embedded/crash/random.js';
import { plantAll, type Planted } from './controls.js';
import { violationKinds, type Violation, type ViolationKind } from './oracle.js';
import { Scene } from './scene.js';
import { Tally, type Counted } from './strikes.js';

export interface SealersOptions {
  readonly rounds: number;
  readonly seed: number;
  /** The folder in which something was found is kept. */
  readonly keep: boolean;
  /** Afterwards a violation of each kind is planted, which must be found. */
  readonly controls: boolean;
  readonly say: (line: string) => void;
}

export interface SealersResult {
  readonly rounds: number;
  readonly stops: number;
  readonly kills: number;
  /** How many seals stand, in all scenes together. */
  readonly sealed: number;
  readonly violations: Readonly<Record<ViolationKind, number>>;
  /** By step; `missed` is how often the sealer that was to be struck never came there. */
  readonly steps: Readonly<Record<string, Counted & { readonly missed: number }>>;
  readonly seed: number;
  /** Whether each planted violation was found. */
  readonly controls?: Planted;
}

/** A store begins anew after so many rounds, so that every look can be at all of it. */
const roundsPerScene = 5;

/**
 * Two sealers at once, of two filter versions and without a lease, are stopped and killed at every step of sealing,
 * again and again, while somebody appends. Ends at the first look that finds something.
 */
export async function crashSealers(options: SealersOptions): Promise<SealersResult> {
  const { rounds, seed, keep, say } = options;
  const random = new SeededRandom(seed);
  const tally = new Tally();
  const violations: Violation[] = [];
  const isWhole = (): boolean => violations.length === 0;
  let sealed = 0;
  let controls: Planted | undefined;
  for (let round = 0; round < rounds && isWhole();) {
    const scene = await Scene.create(random.fork());
    let seals = 0;
    try {
      const until = Math.min(rounds, round + roundsPerScene);
      while (round < until && isWhole()) {
        await scene.round(round, tally);
        const found = await scene.examine();
        violations.push(...found.violations);
        ({ seals } = found);
        round += 1;
        say(
          `${round} of ${rounds} rounds, ${tally.total.stop} stops, ${tally.total.kill} kills, ${scene.writer.written} events, ${seals} seals`,
        );
      }
      violations.push(...(await scene.audit()));
      sealed += seals;
      if (options.controls && round >= rounds && isWhole()) controls = await plantAll(scene, say);
    } finally {
      const isKept = keep && !isWhole();
      const folder = await scene.close(isKept);
      if (isKept) say(`kept: ${folder}`);
    }
  }
  for (const { kind, says } of violations) say(`${kind}: ${says}`);
  const count = (wanted: ViolationKind): number => violations.filter(({ kind }) => kind === wanted).length;
  return {
    rounds,
    stops: tally.total.stop,
    kills: tally.total.kill,
    sealed,
    violations: Object.fromEntries(violationKinds.map((kind) => [kind, count(kind)])) as Record<
      ViolationKind,
      number
    >,
    steps: Object.fromEntries(tally.at),
    seed,
    ...(controls && { controls }),
  };
}
