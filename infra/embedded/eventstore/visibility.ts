import { isTombstonedThroughItsStream } from './append.js';
import { type Head, NO_EVENTS, isSoftDeleted } from './store/head.js';
import { type LogRecord } from './store/record.js';
import { type Store } from './store/store.js';

/** Older than the `$maxAge` of its stream. */
export function isExpired(record: LogRecord, head: Head, now: number): boolean {
  return head.maxAgeSeconds !== undefined && record.createdAt < now - head.maxAgeSeconds * 1000;
}

export type StreamState =
  | { readonly kind: 'found'; readonly head: Head }
  | { readonly kind: 'not found' }
  | { readonly kind: 'tombstoned' };

/** What a reader of a stream meets. */
export function stateOf(store: Store, stream: string): StreamState {
  const head = store.head(stream);
  if (head?.tombstoned === true || isTombstonedThroughItsStream(store, stream)) return { kind: 'tombstoned' };
  if (!head || head.last === NO_EVENTS || isSoftDeleted(head)) return { kind: 'not found' };
  return { kind: 'found', head };
}
