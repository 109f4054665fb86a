import { type Announcements } from './announcements.js';
import { type Filter, createFilter } from './filter.js';
import { streamDeleted } from './refusals.js';
import { BEYOND_REVISIONS, NO_EVENTS, TOMBSTONE_REVISION, firstVisible } from './store/head.js';
import { type NewestRecords } from './store/newest-records.js';
import { type LogRecord } from './store/record.js';
import { type Store } from './store/store.js';
import { type SubscriptionSource } from './subscription.js';
import { isExpired, stateOf } from './visibility.js';
import { type FilterOptions } from './wire/read-request.js';
import { encodeCheckpoint } from './wire/read-response.js';

const PAGE = 256;

/** What sources read from. */
export interface Origin {
  readonly store: Store;
  readonly newest: NewestRecords;
  readonly announcements: Announcements;
  /** The end of what is committed. */
  readonly end: () => number;
}

/** The events of `$all` behind a position. */
export class AllSource implements SubscriptionSource {
  readonly exists = true;
  private readonly matches: Filter | undefined;
  private readonly checkpointEvery: number;
  private lookedAt = 0;
  private wasFarBehind = false;

  constructor(
    private readonly origin: Origin,
    private position: number,
    filter: FilterOptions | undefined,
  ) {
    this.matches = filter && createFilter(filter);
    this.checkpointEvery = filter ? filter.window * filter.checkpointMultiplier : Infinity;
  }

  next(): readonly LogRecord[] {
    const kept = this.origin.newest.after(this.position, PAGE);
    this.wasFarBehind = kept === undefined;
    if (kept) return this.stepTo(kept);
    // Markers are passed over here: a page of nothing else must not look like the end.
    for (;;) {
      const stretch = { from: this.position + 1, until: this.origin.end(), limit: PAGE };
      const page = this.origin.store.readLog(stretch);
      const events = page.filter((record) => record.isEvent);
      if (events.length > 0 || page.length === 0) return this.stepTo(events);
      this.position = page.at(-1)?.position ?? this.position;
    }
  }

  isFarBehind(): boolean {
    return this.wasFarBehind;
  }

  wants(record: LogRecord): boolean {
    return this.matches?.(record) ?? true;
  }

  checkpointAfter(record: LogRecord): Buffer | undefined {
    if (++this.lookedAt < this.checkpointEvery) return undefined;
    this.lookedAt = 0;
    return encodeCheckpoint(record.position);
  }

  given(): void {}

  listen(listener: () => void): () => void {
    return this.origin.announcements.toAll(listener);
  }

  private stepTo(page: readonly LogRecord[]): readonly LogRecord[] {
    this.position = page.at(-1)?.position ?? this.position;
    return page;
  }
}

/** How many events a live subscriber of a stream may lag before it is told so. */
const STREAM_LAG = 4096;

/** The events of one stream behind a revision. */
export class StreamSource implements SubscriptionSource {
  private hasGiven = false;

  constructor(
    private readonly origin: Origin,
    private readonly stream: string,
    private revision: number,
  ) {
    if (stateOf(origin.store, stream).kind === 'tombstoned') throw streamDeleted(stream);
  }

  get exists(): boolean {
    return this.hasGiven || stateOf(this.origin.store, this.stream).kind === 'found';
  }

  next(): readonly LogRecord[] {
    const { store } = this.origin;
    const head = store.head(this.stream);
    if (!head || (head.last === NO_EVENTS && !head.tombstoned)) return [];
    const now = Date.now();
    for (;;) {
      const from = Math.max(this.revision + 1, firstVisible(this.stream, head));
      const page = store.readStream(head.number, { from, until: BEYOND_REVISIONS, limit: PAGE });
      if (page.length === 0) return [];
      this.revision = page.at(-1)?.revision ?? this.revision;
      const visible = page.filter((record) => !isExpired(record, head, now));
      if (visible.length > 0) return visible;
    }
  }

  isFarBehind(): boolean {
    return (this.origin.store.head(this.stream)?.last ?? NO_EVENTS) - this.revision > STREAM_LAG;
  }

  wants(): boolean {
    return true;
  }

  checkpointAfter(): undefined {
    return undefined;
  }

  given(record: LogRecord): void {
    this.hasGiven = true;
    if (record.revision === TOMBSTONE_REVISION) throw streamDeleted(this.stream);
  }

  listen(listener: () => void): () => void {
    return this.origin.announcements.toStream(this.stream, listener);
  }
}
