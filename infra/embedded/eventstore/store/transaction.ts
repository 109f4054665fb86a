import { type KnownEvents } from '../expected-revision.js';
import { type Head, NO_EVENTS, encodeHead } from './head.js';
import { idKey, indexKey, nameKey, positionKey } from './keys.js';
import { LogRecord, type ProposedEvent, encodeEvent, encodeMarker } from './record.js';
import { type Store, type Writes } from './store.js';

/** The next free places of the log, carried from one transaction to the next. */
export interface Ends {
  readonly position: number;
  readonly streams: number;
}

/** The appends of one commit: each sees what those before it will have written. */
export class Transaction {
  private readonly heads = new Map<string, Head>();
  private readonly ids = new Map<string, { stream: number; id: string; revision: number }>();
  private readonly places = new Map<string, LogRecord>();
  private readonly written: LogRecord[] = [];
  private readonly events: LogRecord[] = [];
  private position: number;
  private streams: number;
  bytes = 0;

  constructor(
    private readonly store: Store,
    ends: Ends,
    readonly now: number,
  ) {
    this.position = ends.position;
    this.streams = ends.streams;
  }

  get isEmpty(): boolean {
    return this.written.length === 0;
  }

  /** The events to be announced once the commit is on the disk. */
  get records(): readonly LogRecord[] {
    return this.events;
  }

  get ends(): Ends {
    return { position: this.position, streams: this.streams };
  }

  head(name: string): Head | undefined {
    return this.heads.get(name) ?? this.store.head(name);
  }

  /** The head of a stream, a fresh one when the stream is not known yet. */
  headOrNew(name: string): Head {
    return (
      this.head(name) ?? {
        number: this.streams,
        last: NO_EVENTS,
        tombstoned: false,
        truncateBefore: 0,
        maxCount: undefined,
        maxAgeSeconds: undefined,
      }
    );
  }

  setHead(name: string, head: Head): void {
    if (head.number === this.streams) this.streams++;
    this.heads.set(name, head);
  }

  recordAt(stream: number, revision: number): LogRecord | undefined {
    return this.places.get(`${stream} ${revision}`) ?? this.store.recordAt(stream, revision);
  }

  knownEvents(head: Head): KnownEvents {
    const isNew = head.number >= this.streams;
    return {
      revisionOf: (id) =>
        isNew
          ? undefined
          : (this.ids.get(`${head.number} ${id}`)?.revision ?? this.store.revisionOf(head.number, id)),
      isEventAt: (revision, id) => this.recordAt(head.number, revision)?.id === id,
    };
  }

  /** Places an event at a revision and at the end of the log. The head is set by who knows the whole append. */
  place(stream: string, head: Head, revision: number, event: ProposedEvent): LogRecord {
    const bytes = encodeEvent(event, {
      stream,
      streamNumber: head.number,
      revision,
      position: this.position,
      createdAt: this.now,
    });
    const record = new LogRecord(bytes);
    this.add(record);
    this.events.push(record);
    this.places.set(`${head.number} ${revision}`, record);
    this.ids.set(`${head.number} ${event.id}`, { stream: head.number, id: event.id, revision });
    return record;
  }

  /** Moves the end of the log without an event. */
  placeMarker(): LogRecord {
    const record = new LogRecord(encodeMarker(this.position));
    this.add(record);
    return record;
  }

  writes(): Writes {
    return {
      log: this.written.map((record) => ({ key: positionKey(record.position), value: record.bytes })),
      index: this.events.map((record) => ({
        key: indexKey(record.streamNumber, record.revision),
        value: positionKey(record.position),
      })),
      ids: [...this.ids.values()].map(({ stream, id, revision }) => ({
        key: idKey(stream, id),
        value: positionKey(revision),
      })),
      heads: [...this.heads].map(([name, head]) => ({ key: nameKey(name), value: encodeHead(head) })),
    };
  }

  private add(record: LogRecord): void {
    this.written.push(record);
    this.position += record.bytes.length;
    this.bytes += record.bytes.length;
  }
}
