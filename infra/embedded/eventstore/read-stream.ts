import { presentation } from './links.js';
import { type Outlet } from './outlet.js';
import { streamDeleted, unknown } from './refusals.js';
import { type Head, firstVisible } from './store/head.js';
import { type Store } from './store/store.js';
import { isExpired, stateOf } from './visibility.js';
import { encodeStreamNotFound } from './wire/read-response.js';
import { type ReadRequest, type Start } from './wire/read-request.js';

export interface StreamRead {
  readonly stream: string;
  readonly from: Start;
  readonly count: number;
}

const PAGE = 128;

/** Answers a read of one stream up to the revision it ended at when the read began. */
export async function readStream(
  store: Store,
  outlet: Outlet,
  request: ReadRequest,
  { stream, from, count }: StreamRead,
): Promise<void> {
  if (count === 0) throw unknown("The number of events to read must be positive. (Parameter 'maxCount')");
  if (!request.backwards && from === 'end') {
    throw unknown("A stream cannot be read forwards from its end. (Parameter 'fromEventNumber')");
  }
  const state = stateOf(store, stream);
  if (state.kind === 'tombstoned') throw streamDeleted(stream);
  if (state.kind === 'not found') {
    outlet.send(encodeStreamNotFound(stream));
    return;
  }
  const { head } = state;
  const present = presentation(store, request.resolveLinks, request.structuredIds);
  const now = Date.now();
  const { first, stop } = bounds(stream, head, from, request.backwards);
  let next = first;
  let left = count;
  while (!outlet.isGone && left > 0 && (request.backwards ? next > stop : next < stop)) {
    const limit = Math.min(PAGE, left);
    const page = store.readStream(head.number, {
      from: next,
      until: stop,
      limit,
      backwards: request.backwards,
    });
    for (const record of page) {
      next = record.revision + (request.backwards ? -1 : 1);
      if (isExpired(record, head, now)) continue;
      left--;
      if (!outlet.send(present(record))) await outlet.ready();
    }
    if (page.length === 0) return;
  }
}

/** The first revision to look at and the one, beyond the last, to stop at. */
function bounds(
  stream: string,
  head: Head,
  from: Start,
  backwards: boolean,
): { first: number; stop: number } {
  const visible = firstVisible(stream, head);
  if (!backwards) {
    const start = from === 'start' || from === 'end' ? 0 : Number(from.at);
    return { first: Math.max(start, visible), stop: head.last + 1 };
  }
  const asked = from === 'start' ? 0 : from === 'end' ? head.last : Number(from.at);
  return { first: Math.min(asked, head.last), stop: visible - 1 };
}
