import type { JsonObject } from '../json.js';
import { AxionError, Unavailable } from '../errors.js';
import type { StreamName } from '../names.js';

/** An event ready to be stored: its bytes, its id and its place are settled. */
export interface EventToAppend {
  readonly id: string;
  readonly type: string;
  readonly data: JsonObject;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An event as it is stored, before upcasts and decryption. */
export interface StoredEvent {
  readonly stream: string;
  readonly revision: bigint;
  /** Commit position in the log of everything. */
  readonly position: bigint;
  readonly preparePosition: bigint;
  readonly id: string;
  readonly type: string;
  /** As parsed from its JSON; anything, since others may write to the same log. */
  readonly data: unknown;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export interface Appended {
  /** Commit position of the last event. */
  readonly position: bigint;
}

/** Nothing of the stream yet, or exactly this revision: "any" cannot be expressed. */
export type ExpectedRevision = 'no_stream' | bigint;

/**
 * What a subscription says, in the order of the log. A marker counts for everything delivered before it, and for
 * nothing after it (rule P8).
 */
export type LogSignal =
  | { readonly kind: 'event'; readonly event: StoredEvent }
  | { readonly kind: 'reached'; readonly position: bigint }
  | { readonly kind: 'caughtUp' };

/** The log of everything: EventStoreDB, or what behaves as it does. */
export interface EventLog {
  /**
   * All of `events`, or none. Sending the same events at the same revision again is harmless.
   *
   * @throws RevisionConflict when the stream is elsewhere
   * @throws AppendUnknown when no answer came: it may or may not have happened
   * @throws AppendRefused when the log will never take these events
   */
  append(stream: StreamName, expected: ExpectedRevision, events: readonly EventToAppend[]): Promise<Appended>;
  /** A stream from a revision on, inclusive; nothing for a stream that does not exist. */
  read(stream: string, from?: bigint): AsyncIterable<StoredEvent>;
  /** The event of a stream at a revision; undefined where there is none. */
  readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined>;
  /** The newest event of a stream. */
  readLast(stream: string): Promise<StoredEvent | undefined>;
  /**
   * Everything from a position on, inclusive, in one total order, up to where the log ends now.
   *
   * @param limit a hint that no more than so many events are wanted; more may come
   */
  readAll(from?: bigint, limit?: number): AsyncIterable<StoredEvent>;
  /** Everything after a position, and then what comes, until `stop` aborts. Ends by throwing when the log is lost. */
  subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal>;
  /** Position of the newest event that is not of a system stream; undefined for an empty log. */
  head(): Promise<bigint | undefined>;
}

export class RevisionConflict extends AxionError {
  constructor(
    readonly stream: string,
    readonly actual: bigint | undefined,
  ) {
    super('log.revision-conflict', `${stream} is not at the revision that was expected`);
  }
}

export class AppendUnknown extends AxionError {
  constructor(readonly stream: string) {
    super('log.append-unknown', `it is not known whether the events were appended to ${stream}`);
  }
}

export class AppendRefused extends AxionError {
  constructor(
    readonly stream: string,
    reason: string,
  ) {
    super('log.append-refused', `${stream} does not take the events: ${reason}`);
  }
}

export class LogUnavailable extends Unavailable {
  constructor(reason: string) {
    super('log.unavailable', `the event log does not answer: ${reason}`);
  }
}
