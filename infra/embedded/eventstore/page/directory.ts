import { type Head, NO_EVENTS, firstVisible, isSoftDeleted } from '../store/head.js';
import { LONG_NAMES, nameKey, readNameKey } from '../store/keys.js';
import { type Store } from '../store/store.js';

/** A stream as the list shows it. */
export interface ListedStream {
  readonly name: string;
  readonly state: 'open' | 'deleted' | 'tombstoned';
  /** How many of its events a reader may see, before any that are too old are left out. */
  readonly visible: number;
  readonly last: number;
}

export interface StreamList {
  readonly streams: readonly ListedStream[];
  /** The name to go on after; undefined at the end. */
  readonly next: string | undefined;
}

export interface StreamQuery {
  readonly prefix: string;
  readonly after: string | undefined;
  readonly withSystemStreams: boolean;
  readonly limit: number;
}

/** The first key above every name that begins with a dollar sign. */
const BEHIND_SYSTEM_STREAMS = nameKey('%');

/** Streams in the order of their names' bytes; the few with very long names come last, in no order. */
export function listStreams(store: Store, query: StreamQuery): StreamList {
  const streams: ListedStream[] = [];
  const { prefix, after, limit } = query;
  const withSystemStreams = query.withSystemStreams || prefix.startsWith('$');
  let start: Buffer | undefined =
    after === undefined ? nameKey(prefix) : Buffer.concat([nameKey(after), Buffer.from([0])]);
  while (start) {
    let jump: Buffer | undefined;
    for (const { key, head } of store.headsFrom(start)) {
      const plain = readNameKey(key);
      const name = plain ?? longName(store, head);
      const isUnwanted = name?.startsWith('$') === true && !withSystemStreams;
      if (name === undefined || isUnwanted || !name.startsWith(prefix)) {
        // Among plain names, which are in order, what cannot match is passed over at once.
        if (plain !== undefined) jump = isUnwanted ? BEHIND_SYSTEM_STREAMS : LONG_NAMES;
        if (jump) break;
        continue;
      }
      if (head.last === NO_EVENTS && !head.tombstoned) continue;
      if (streams.length === limit) return { streams, next: streams.at(-1)?.name };
      streams.push(listed(name, head));
    }
    start = jump;
  }
  return { streams, next: undefined };
}

export function listed(name: string, head: Head): ListedStream {
  const state = head.tombstoned ? 'tombstoned' : isSoftDeleted(head) ? 'deleted' : 'open';
  const visible = state === 'open' ? Math.max(0, head.last - firstVisible(name, head) + 1) : 0;
  return { name, state, visible, last: head.last };
}

/** A name that is too long for a key is found in the events of its stream. */
function longName(store: Store, head: Head): string | undefined {
  const last = store.lastIndexed(head.number);
  return last === undefined ? undefined : store.recordAt(head.number, last)?.stream;
}
