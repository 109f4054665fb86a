import { randomUUID } from 'node:crypto';
import { type Presentation } from './links.js';
import { type Outlet } from './outlet.js';
import { type LogRecord } from './store/record.js';
import { CAUGHT_UP, FELL_BEHIND, encodeConfirmation } from './wire/read-response.js';

/** Where a subscription takes its events from: all of them in order, each once. */
export interface SubscriptionSource {
  /** The next events behind those given out before; empty when there are none yet. */
  next(): readonly LogRecord[];
  /** More than a live subscriber's share is waiting. */
  isFarBehind(): boolean;
  /** "Caught up" means something: the stream exists. */
  readonly exists: boolean;
  /** Whether the reader wants the event. */
  wants(record: LogRecord): boolean;
  /** What to tell the reader about an event it was not, or was, given. */
  checkpointAfter(record: LogRecord): Buffer | undefined;
  /** Called once an event was handed over; may end the subscription by throwing. */
  given(record: LogRecord): void;
  /** Calls the listener after each commit that may bring more; returns what ends that. */
  listen(listener: () => void): () => void;
}

/** Serves one subscription until its reader goes. */
export async function serveSubscription(
  outlet: Outlet,
  source: SubscriptionSource,
  present: Presentation,
): Promise<void> {
  const stopListening = source.listen(() => outlet.wake());
  try {
    outlet.send(encodeConfirmation(randomUUID()));
    let isLive = false;
    while (!outlet.isGone) {
      const page = source.next();
      if (page.length === 0) {
        if (!isLive && source.exists) {
          outlet.send(CAUGHT_UP);
          isLive = true;
        }
        // Nothing can have been committed since `next` looked: no other code has run.
        await outlet.pause();
        continue;
      }
      if (isLive && source.isFarBehind()) {
        outlet.send(FELL_BEHIND);
        isLive = false;
      }
      await hand(outlet, source, present, page);
      // A long history is read page by page; others get their turn in between.
      if (!isLive) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    stopListening();
  }
}

async function hand(
  outlet: Outlet,
  source: SubscriptionSource,
  present: Presentation,
  page: readonly LogRecord[],
): Promise<void> {
  for (const record of page) {
    if (outlet.isGone) return;
    let mayGoOn = true;
    if (source.wants(record)) mayGoOn = outlet.send(present(record));
    const checkpoint = source.checkpointAfter(record);
    if (checkpoint) mayGoOn = outlet.send(checkpoint);
    source.given(record);
    if (!mayGoOn) await outlet.ready();
  }
}
