import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { Page, PageRequest } from '../../../domain/kernel/ports/read-model-store.js';
import { ReadModel, type ReadScope } from '../../../infra/engine/projections/read-model.js';
import type { TrailEntry } from '../../../projections/audit/audit-trail.js';

export type ShownEntry = Omit<TrailEntry, 'text'>;

/**
 * A page of the trail as it was when its first page was asked for: each read adds to the trail, and so the list would
 * never end. A cursor is that of the store, a full stop, and the position that the list ends with.
 *
 * @throws Unavailable `read-model.behind` rather than leave out what happened before
 */
export async function trailPage(
  trail: ReadModel<TrailEntry>,
  { workspace, after = 0n }: ReadScope,
  request: PageRequest,
  now: bigint,
): Promise<Page<ShownEntry>> {
  const { cursor: given, ...asked } = request;
  const { cursor, bound } = given === undefined ? { cursor: undefined, bound: now } : partsOf(given, now);
  const page = await trail.page(
    { workspace, after: after > bound ? after : bound },
    { ...asked, ...(cursor !== undefined && { cursor }) },
  );
  const items = page.items.filter(({ position }) => BigInt(position) <= bound).map(shown);
  const isLast = page.next === undefined || items.length < page.items.length;
  return isLast ? { items } : { items, next: `${page.next}.${bound}` };
}

/** What it is searched by is nobody's business. */
export function shown({ text: _text, ...entry }: TrailEntry): ShownEntry {
  return entry;
}

function partsOf(text: string, now: bigint): { cursor: string; bound: bigint } {
  const [, cursor = '', bound] = /^([\w-]+)\.(\d{1,19})$/.exec(text) ?? [];
  // Where it has not come to yet, no list ended.
  if (bound === undefined || BigInt(bound) > now)
    throw new InvalidRequest('request.bad-cursor', 'a cursor is what `next` of the page before said');
  return { cursor, bound: BigInt(bound) };
}
