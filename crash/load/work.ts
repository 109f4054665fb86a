import type { SeededRandom } from '../../infra/embedded/crash/random.js';

/** One kind of work, and how often it is drawn. */
export interface Work {
  readonly weight: number;
  readonly run: (random: SeededRandom) => Promise<unknown>;
}

export function drawWork(works: readonly Work[], random: SeededRandom): Work {
  const total = works.reduce((sum, { weight }) => sum + weight, 0);
  let left = random.next() * total;
  for (const work of works) {
    left -= work.weight;
    if (left < 0) return work;
  }
  throw new RangeError('no work was drawn');
}

/** Work of which one is done at a time: who draws it meanwhile does nothing. */
export function oneAtATime(run: Work['run']): Work['run'] {
  let isBusy = false;
  return async (random) => {
    if (isBusy) return;
    isBusy = true;
    try {
      await run(random);
    } finally {
      isBusy = false;
    }
  };
}
