import { print } from '../../apps/cli/terminal.js';
import { median, rounded } from '../kit/statistics.js';

/** Does one operation, or several at once, and tells how many. */
export type Operation = (worker: number) => Promise<number>;

/** As many workers, one operation after the other each, until the time is over. */
export async function perSecond(
  operation: Operation,
  workers: number,
  milliseconds: number,
): Promise<number> {
  const started = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      while (performance.now() - started < milliseconds) {
        const count = await operation(worker);
        done += count;
      }
    }),
  );
  return done / ((performance.now() - started) / 1000);
}

export interface Compared {
  /** Operations a second of the first. */
  readonly rate: number;
  /** The first's rate divided by the second's: the median of neighbouring blocks, so that a drift of the machine cancels. */
  readonly ratio: number;
}

const PAIRS = 15;
const BLOCK_MS = 250;

/** Blocks of one and of the other in turn, after a block each to warm up; every second pair in the other order. */
export async function compare(
  name: string,
  workers: number,
  first: Operation,
  second: Operation,
): Promise<Compared> {
  await perSecond(first, workers, BLOCK_MS);
  await perSecond(second, workers, BLOCK_MS);
  const rates: number[] = [];
  const ratios: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    const block = async (operation: Operation): Promise<number> => perSecond(operation, workers, BLOCK_MS);
    let one = 0;
    let other = 0;
    if (pair % 2 === 0) {
      one = await block(first);
      other = await block(second);
    } else {
      other = await block(second);
      one = await block(first);
    }
    rates.push(one);
    ratios.push(one / other);
  }
  const compared = { rate: Math.round(median(rates)), ratio: rounded(median(ratios)) };
  print(
    `${name}: ${compared.rate}/s, ratio ${compared.ratio} (${ratios.map((one) => rounded(one, 2)).join(' ')})`,
  );
  return compared;
}
