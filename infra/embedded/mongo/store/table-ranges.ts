import { type Table } from './environment.js';

/** A stretch of keys: from the first included up to the last excluded. */
export interface KeyRange {
  readonly start: Buffer;
  readonly end: Buffer;
}

export interface TableEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

const SMALLEST_CHUNK = 16;
const LARGEST_CHUNK = 512;

/**
 * Walks a range in chunks and starts each from where the last one ended, in the newest committed state:
 * an idle cursor therefore holds no LMDB snapshot, and pages can be reused.
 */
export function* entriesIn(table: Table, range: KeyRange, reverse: boolean): Generator<TableEntry> {
  let last: Buffer | undefined;
  let size = SMALLEST_CHUNK;
  for (;;) {
    const chunk = readChunk(table, range, reverse, last, size);
    yield* chunk;
    if (chunk.length < size) return;
    last = chunk[chunk.length - 1]?.key;
    size = Math.min(size * 2, LARGEST_CHUNK);
  }
}

function readChunk(
  table: Table,
  range: KeyRange,
  reverse: boolean,
  last: Buffer | undefined,
  limit: number,
): TableEntry[] {
  if (range.start.compare(range.end) >= 0) return [];
  const options = reverse
    ? {
        start: last ?? range.end,
        end: range.start,
        reverse: true,
        exclusiveStart: true,
        inclusiveEnd: true,
        limit,
      }
    : { start: last ?? range.start, end: range.end, exclusiveStart: last !== undefined, limit };
  return [...table.getRange(options)];
}
