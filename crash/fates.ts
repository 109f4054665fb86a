import type { SeededRandom } from '../infra/embedded/crash/random.js';
import { crashPointNames, type CrashPointName } from '../infra/system/crash-points.js';
import type { Part } from './kit/platform.js';

/** How the next death comes about. */
export type Fate = Death & {
  /** It comes as soon as somebody sets something going that takes several steps: a run, a bulk, a match, a report. */
  readonly atStep: boolean;
};

type Death =
  | { readonly kind: 'group' | 'supervisor' }
  | { readonly kind: 'part'; readonly part: Part }
  | {
      readonly kind: 'point';
      readonly point: CrashPointName;
      /** Everything is killed first, so that the point may come while it starts again. */
      readonly whileStarting: boolean;
    };

const pointShare = 2 / 3;
const whileStartingShare = 0.2;
const atStepShare = 0.6;
/** A supervisor starts a child again more slowly each time that it dies young; that is not what is measured here. */
const mostChildDeaths = 3;

/** Draws deaths: every crash point comes up in turn, in an order of its own each time round. */
export class Fates {
  private points: CrashPointName[] = [];
  private childDeaths = 0;

  constructor(private readonly random: SeededRandom) {}

  next(): Fate {
    const death = this.childDeaths >= mostChildDeaths ? ({ kind: 'group' } as const) : this.draw();
    const spares = death.kind === 'part' || (death.kind === 'point' && !death.whileStarting);
    this.childDeaths = spares ? this.childDeaths + 1 : 0;
    return { ...death, atStep: this.random.chance(atStepShare) };
  }

  /** Another supervisor lives. */
  startedAnew(): void {
    this.childDeaths = 0;
  }

  private draw(): Death {
    const { random } = this;
    if (random.chance(pointShare))
      return { kind: 'point', point: this.nextPoint(), whileStarting: random.chance(whileStartingShare) };
    const others = [
      { kind: 'group' },
      { kind: 'supervisor' },
      { kind: 'part', part: 'application' },
      { kind: 'part', part: 'nodes' },
      { kind: 'part', part: 'computation' },
    ] as const;
    return others[random.integer(0, others.length - 1)] ?? others[0];
  }

  private nextPoint(): CrashPointName {
    if (this.points.length === 0) {
      const left: CrashPointName[] = [...crashPointNames];
      while (left.length > 0) this.points.push(...left.splice(this.random.integer(0, left.length - 1), 1));
    }
    return this.points.shift() ?? crashPointNames[0];
  }
}

export function describeFate(fate: Fate): string {
  return fate.atStep ? `${describeDeath(fate)}, at the next step` : describeDeath(fate);
}

function describeDeath(fate: Death): string {
  switch (fate.kind) {
    case 'part':
      return `the ${fate.part} alone`;
    case 'point':
      return fate.whileStarting ? `at ${fate.point}, after everything` : `at ${fate.point}`;
    case 'group':
      return 'everything';
    case 'supervisor':
      return 'the supervisor alone';
  }
}
