import type { SeededRandom } from '../infra/embedded/crash/random.js';
import type { CrashPointName } from '../infra/system/crash-points.js';
import { pause } from '../infra/system/pause.js';
import type { Fate } from './fates.js';
import type { CrashedPlatform, Part } from './kit/platform.js';
import type { Steps } from './load/steps.js';

/**
 * The load goes on for so long before a death, in milliseconds: mostly for a short while, since what starts is what
 * breaks, and now and then long enough for what takes several steps to come to its end.
 */
const livesMs = [50, 500] as const;
const longLivesMs = [500, 2500] as const;
const longShare = 0.2;
/** A crash point that nobody comes to in this time is given up for a plain kill. */
const pointWithinMs = 5000;
/** A death at a step comes so long after it was asked for, in milliseconds; and all the same when none is. */
const afterStepMs = [0, 600] as const;
const stepWithinMs = 2000;
const lookMs = 5;

/** Has a platform die, again and again, and measures how long it takes to be ready. */
export class Deaths {
  kills = 0;
  /** How long it took to be ready after each, in seconds. */
  readonly readySeconds: number[] = [];
  /** How often somebody died at each crash point, and how often nobody came to it. */
  readonly atPoint = new Map<CrashPointName, { died: number; missed: number }>();

  constructor(private readonly random: SeededRandom) {}

  /** @param steps of the clients @returns whether another supervisor lives now */
  async have(fate: Fate, platform: CrashedPlatform, steps: Pick<Steps, 'next'>): Promise<boolean> {
    const [least, most] = this.random.chance(longShare) ? longLivesMs : livesMs;
    await pause(this.random.integer(least, most));
    const afterStep = this.random.integer(...afterStepMs);
    if (fate.atStep) await Promise.race([steps.next(), pause(stepWithinMs)]);
    // A crash point comes by itself in the middle of a step.
    if (fate.atStep && fate.kind !== 'point') await pause(afterStep);
    switch (fate.kind) {
      case 'group':
        await this.killAll(platform);
        return true;
      case 'supervisor':
        await platform.killSupervisor();
        this.counted(await platform.start());
        return true;
      case 'part':
        this.counted(await this.killPart(fate.part, platform));
        return false;
      case 'point':
        platform.mark(fate.point);
        if (fate.whileStarting) await this.killAll(platform);
        return (await this.atMark(fate.point, platform)) || fate.whileStarting;
    }
  }

  /** Without a computation, the application in its place. */
  private async killPart(part: Part, platform: CrashedPlatform): Promise<number> {
    if (part !== 'computation') return platform.killPart(part);
    return (await platform.killComputation()) ?? platform.killPart('application');
  }

  private async killAll(platform: CrashedPlatform): Promise<void> {
    await platform.killGroup();
    this.counted(await platform.start());
  }

  private async atMark(point: CrashPointName, platform: CrashedPlatform): Promise<boolean> {
    const tally = this.atPoint.get(point) ?? { died: 0, missed: 0 };
    this.atPoint.set(point, tally);
    const giveUpAt = performance.now() + pointWithinMs;
    while (platform.isMarked(point) && performance.now() < giveUpAt) await pause(lookMs);
    if (platform.unmark(point)) {
      tally.missed++;
      await this.killAll(platform);
      return true;
    }
    tally.died++;
    this.counted(await platform.untilReady(performance.now()));
    return false;
  }

  private counted(readySeconds: number): void {
    this.kills++;
    this.readySeconds.push(readySeconds);
  }
}
