import { createFilter } from './filter.js';
import { presentation } from './links.js';
import { type Outlet } from './outlet.js';
import { unknown } from './refusals.js';
import { type Store } from './store/store.js';
import { type AllStart, type ReadRequest } from './wire/read-request.js';

const PAGE = 256;

/** Answers a read of `$all` up to where the log ended when the read began. */
export async function readAll(
  store: Store,
  outlet: Outlet,
  request: ReadRequest,
  { from, count, end }: { from: AllStart; count: number; end: number },
): Promise<void> {
  if (count === 0) throw unknown("The number of events to read must be positive. (Parameter 'maxCount')");
  const { backwards } = request;
  const matches = request.filter ? createFilter(request.filter) : undefined;
  const present = presentation(store, request.resolveLinks, request.structuredIds);
  let next = startOf(store, from, end, backwards);
  let left = count;
  while (!outlet.isGone && left > 0) {
    // Going backwards the position itself is excluded, and no record lies below position zero.
    const page = backwards
      ? store.readLog({ from: next - 1, until: 0, limit: PAGE, backwards })
      : store.readLog({ from: next, until: end, limit: PAGE });
    for (const record of page) {
      next = backwards ? record.position : record.position + 1;
      if (!record.isEvent || matches?.(record) === false) continue;
      if (!outlet.send(present(record))) await outlet.ready();
      if (--left === 0) return;
    }
    if (page.length === 0) return;
  }
}

function startOf(store: Store, from: AllStart, end: number, backwards: boolean): number {
  if (from === 'start') return backwards ? 1 : 0;
  if (from === 'end') return end;
  const position = Number(from.commit);
  if (position >= end && !backwards) return end;
  return requirePosition(store, from, end);
}

/** The number of a position that was handed out before; anything else refuses the call. */
export function requirePosition(
  store: Store,
  { commit, prepare }: { commit: bigint; prepare: bigint },
  end: number,
): number {
  if (prepare > commit) throw unknown('The commit position cannot be less than the prepare position.');
  const position = Number(commit);
  if (position === 0) return 0;
  if (position === end || (position < end && store.record(position))) return position;
  throw unknown(`There is no record at position C:${commit}/P:${prepare}.`);
}
