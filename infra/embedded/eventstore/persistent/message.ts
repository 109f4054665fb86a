import { followLink } from '../links.js';
import { type LogRecord } from '../store/record.js';
import { type Store } from '../store/store.js';

/** Where a message came from: the events of the source in their order, or the parked ones. */
export type MessageOrigin =
  | { readonly kind: 'source'; readonly sequence: number; readonly isLive: boolean }
  | { readonly kind: 'parked'; readonly revision: number };

/** One event on its way to one consumer of a group. */
export interface Message {
  readonly id: string;
  /** The event as the source holds it: consumers answer with its id. */
  readonly record: LogRecord;
  /** The event to work on; undefined when the record is a link to nothing. */
  readonly event: LogRecord | undefined;
  readonly isLink: boolean;
  readonly origin: MessageOrigin;
  readonly retryCount: number;
}

export function createMessage(
  store: Store,
  record: LogRecord,
  origin: MessageOrigin,
  resolveLinks: boolean,
): Message {
  const link = resolveLinks ? followLink(store, record) : undefined;
  const event = link ? link.target : record;
  return { id: record.id, record, event, isLink: link !== undefined, origin, retryCount: 0 };
}

/** What a link to the message's event holds, as the server writes it into the parked stream. */
export function linkTo({ record, event }: Message): Buffer {
  return event ? Buffer.from(`${event.revision}@${event.stream}`) : record.data;
}
