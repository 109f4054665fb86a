import type { CountEvent } from './counting.js';

/** What a single pass over everything comes to, written down independently of the projection. */
export function expectedCounts(events: readonly CountEvent[]): Record<string, number | undefined> {
  const counts = new Map<string, number | undefined>();
  const add = (counter: string, by: number) => counts.set(counter, (counts.get(counter) ?? 0) + by);
  for (const { type, data } of events)
    if (type === 'Counted') add(data.counter, 1);
    else if (type === 'Dropped') counts.set(data.counter, undefined);
    else if (type === 'Moved' && data.from === data.to) add(data.to, 10);
    else if (type === 'Moved') {
      add(data.from, -1);
      add(data.to, 10);
    }
  return Object.fromEntries(counts);
}
