import { setFlagsFromString } from 'node:v8';

/**
 * Has V8 collect garbage whenever the heap has grown by half since the last full collection; by itself it lets it grow
 * to four times as much. What waits while a backlog is read outlives the young generation, so all of that would be
 * garbage (bench/README.md). The flag is read at each collection, so it may be set at any time.
 */
export function keepHeapModest(): void {
  setFlagsFromString('--heap-growing-percent=50');
}
