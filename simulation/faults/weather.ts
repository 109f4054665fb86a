import type { SeededRandom } from '../../infra/embedded/crash/random.js';

/** How likely each fault is, for one call. */
export interface Weather {
  /** Never arrives. */
  readonly lost: number;
  /** Happens; its answer never arrives. */
  readonly answerLost: number;
  /** In doubt for the caller, and happens long after: the write of a sleeper. */
  readonly late: number;
  /** Happens, and once more long after. */
  readonly twice: number;
  /** Takes a second instead of milliseconds. */
  readonly slow: number;
  /** A subscription ends. */
  readonly breakOff: number;
  /** A subscription says again what it said. */
  readonly repeat: number;
}

export const calm: Weather = {
  lost: 0,
  answerLost: 0,
  late: 0,
  twice: 0,
  slow: 0,
  breakOff: 0,
  repeat: 0,
};

/** Each seed has faults of some kinds and none of others: what hides behind frequent faults shows in their absence. */
export function drawWeather(random: SeededRandom): Weather {
  const some = (greatest: number): number => (random.chance(0.5) ? random.next() * greatest : 0);
  return {
    lost: some(0.25),
    answerLost: some(0.25),
    late: some(0.25),
    twice: some(0.15),
    slow: some(0.1),
    breakOff: some(0.05),
    repeat: some(0.1),
  };
}
