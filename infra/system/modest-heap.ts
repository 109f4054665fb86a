import { setFlagsFromString } from 'node:v8';

/** V8's own way. */
const byItself = 0;
const byHalf = 50;

let isModest = false;
let greedy = 0;

/**
 * Has V8 collect garbage whenever the heap has grown by half since the last full collection; by itself it lets it grow
 * to four times as much. What waits while a backlog is read outlives the young generation, so all of that would be
 * garbage (bench/README.md). The flag is read at each collection, so it may be set at any time.
 */
export function keepHeapModest(): void {
  isModest = true;
  setGrowth();
}

/** As long as the work takes, V8 does as it does by itself: what holds much would be looked through again and again. */
export async function withFreeHeap<Result>(work: () => Promise<Result>): Promise<Result> {
  greedy++;
  setGrowth();
  try {
    return await work();
  } finally {
    greedy--;
    setGrowth();
  }
}

function setGrowth(): void {
  if (isModest) setFlagsFromString(`--heap-growing-percent=${greedy > 0 ? byItself : byHalf}`);
}
