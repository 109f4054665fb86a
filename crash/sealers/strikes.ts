import { sealingPointNames, type CrashPointName } from '../../infra/system/crash-points.js';
import type { SeededRandom } from '../../infra/embedded/crash/random.js';
import { pause } from '../../infra/system/pause.js';
import type { Blow, SealerProcess } from './sealer-process.js';

/** Where a sealer is struck: at a step, or at any time. */
export interface Strike {
  readonly blow: Blow;
  readonly point: CrashPointName | undefined;
}

/** A sealer that is never the first is given up at that point for this time. */
const pointWithinMs = 4000;
const mostTries = 3;
/** Long enough for the other one to seal several times, or too short for it to notice. */
const asleepMs = [0, 200] as const;
const deadMs = [0, 60] as const;
const livesMs = [0, 80] as const;

/**
 * What two sealers suffer in one round: at every step one is stopped and the other killed, in the next round the
 * other way round; and each is struck once at any time.
 */
export function strikesOf(
  round: number,
  random: SeededRandom,
): readonly [readonly Strike[], readonly Strike[]] {
  const lane = (parity: number): readonly Strike[] => {
    const strikes = [...sealingPointNames, undefined].map((point, index): Strike => ({
      blow: (index + round + parity) % 2 === 0 ? 'stop' : 'kill',
      point,
    }));
    return shuffled(strikes, random);
  };
  return [lane(0), lane(1)];
}

function shuffled<Item>(items: Item[], random: SeededRandom): readonly Item[] {
  const drawn: Item[] = [];
  while (items.length > 0) drawn.push(...items.splice(random.integer(0, items.length - 1), 1));
  return drawn;
}

export type Counted = Record<Blow, number>;

/** How often sealers were struck, where, and how often nobody came. */
export class Tally {
  readonly total: Counted = { stop: 0, kill: 0 };
  readonly at = new Map<string, Counted & { missed: number }>();

  struck({ blow, point }: Strike, came: boolean): void {
    const name = point ?? 'any time';
    const counted = this.at.get(name) ?? { stop: 0, kill: 0, missed: 0 };
    this.at.set(name, counted);
    if (!came) counted.missed += 1;
    else {
      counted[blow] += 1;
      this.total[blow] += 1;
    }
  }
}

/** One sealer lives through its strikes. Afterwards it runs. */
export async function suffer(
  sealer: SealerProcess,
  strikes: readonly Strike[],
  random: SeededRandom,
  tally: Tally,
): Promise<void> {
  const left = strikes.map((strike) => ({ strike, tries: mostTries }));
  for (let next = left.shift(); next; next = left.shift()) {
    const { strike, tries } = next;
    const { blow, point } = strike;
    await pause(random.integer(...livesMs));
    if (sealer.incidents.length > 0) return;
    let came = true;
    if (point !== undefined) {
      sealer.mark(point, blow);
      // It starts there, and nowhere else.
      if (point === 'seal.begun') {
        await sealer.kill();
        await sealer.start();
      }
      came = await sealer.struckAt(point, blow, pointWithinMs);
    } else if (blow === 'stop') sealer.stop();
    else await sealer.kill();
    if (!came && tries > 1) left.push({ strike, tries: tries - 1 });
    else tally.struck(strike, came);
    if (!came) continue;
    const [least, greatest] = blow === 'stop' ? asleepMs : deadMs;
    await pause(random.integer(least, greatest));
    if (blow === 'stop') sealer.wake();
    else await sealer.start();
  }
}
