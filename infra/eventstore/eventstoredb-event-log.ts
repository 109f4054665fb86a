import {
  BACKWARDS,
  END,
  EventStoreDBClient,
  FORWARDS,
  MaxAppendSizeExceededError,
  START,
  StreamDeletedError,
  StreamNotFoundError,
  WrongExpectedVersionError,
  jsonEvent,
  type AllStreamRecordedEvent,
  type ReadStreamOptions,
  type RecordedEvent,
  type StreamingRead,
} from '@eventstore/db-client';
import { messageOf } from '../../domain/kernel/errors.js';
import {
  AppendRefused,
  AppendUnknown,
  LogUnavailable,
  RevisionConflict,
  type Appended,
  type EventLog,
  type EventToAppend,
  type ExpectedRevision,
  type LogSignal,
  type StoredEvent,
} from '../../domain/kernel/ports/event-log.js';
import type { StreamName } from '../../domain/kernel/names.js';
import { pause } from '../system/pause.js';
import { signalsOf } from './log-subscription.js';

export interface EventLogOptions {
  /** After this long without an answer an append is unknown. Default 10 s. */
  readonly appendTimeoutMs?: number;
}

/** A follower may be behind, and a decision from its answer stale (rules C1, C5). */
const fromLeader = { requiresLeader: true } as const;
const closeWithinMs = 500;

/** The EventLog port over EventStoreDB's official client; its errors are translated here and nowhere else. */
export class EventStoreDbEventLog implements EventLog {
  private readonly client: EventStoreDBClient;
  private readonly appendTimeoutMs: number;

  constructor(url: string, { appendTimeoutMs = 10_000 }: EventLogOptions = {}) {
    this.client = EventStoreDBClient.connectionString(url);
    this.appendTimeoutMs = appendTimeoutMs;
  }

  async append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    const append = this.client.appendToStream(
      stream,
      events.map(({ id, type, data, metadata }) => jsonEvent({ id, type, data, metadata })),
      { expectedRevision: expected },
    );
    try {
      const { position } = await this.orUnknown(stream, append);
      if (!position) throw new AppendUnknown(stream);
      return { position: position.commit };
    } catch (error) {
      if (error instanceof WrongExpectedVersionError)
        throw new RevisionConflict(
          stream,
          typeof error.actualVersion === 'bigint' ? error.actualVersion : undefined,
        );
      if (error instanceof StreamDeletedError) throw new AppendRefused(stream, 'it was deleted');
      if (error instanceof MaxAppendSizeExceededError)
        throw new AppendRefused(stream, `an append holds at most ${error.maxAppendSize} bytes`);
      throw new AppendUnknown(stream);
    }
  }

  async *read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    try {
      const events = this.client.readStream(stream, {
        direction: FORWARDS,
        fromRevision: from ?? START,
        ...fromLeader,
      });
      for await (const { event, commitPosition } of untilAbandoned(events))
        if (event) yield toStored(event, commitPosition);
    } catch (error) {
      if (error instanceof StreamNotFoundError) return;
      throw unavailable(error);
    }
  }

  async readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    // What was truncated away is passed over: what comes is not always what was asked for.
    const found = await this.readOne(stream, { direction: FORWARDS, fromRevision: revision });
    return found?.revision === revision ? found : undefined;
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.readOne(stream, { direction: BACKWARDS, fromRevision: END });
  }

  /** Read to its end: to break a read off resets its stream, and a server hangs up after many resets. */
  private async readOne(
    stream: string,
    where: Pick<ReadStreamOptions, 'direction' | 'fromRevision'>,
  ): Promise<StoredEvent | undefined> {
    let found: StoredEvent | undefined;
    try {
      const events = this.client.readStream(stream, { ...where, maxCount: 1, ...fromLeader });
      for await (const { event, commitPosition } of events)
        if (event) found = toStored(event, commitPosition);
      return found;
    } catch (error) {
      if (error instanceof StreamNotFoundError) return undefined;
      throw unavailable(error);
    }
  }

  async *readAll(from?: bigint, limit?: number): AsyncIterable<StoredEvent> {
    const fromPosition = from === undefined ? START : { commit: from, prepare: from };
    try {
      for await (const { event } of untilAbandoned(
        this.client.readAll({
          direction: FORWARDS,
          fromPosition,
          ...(limit !== undefined && { maxCount: limit }),
        }),
      ))
        if (event) yield toStored(event, undefined);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async *subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    try {
      yield* signalsOf(this.client, after, stop, toStored);
    } catch (error) {
      throw unavailable(error);
    }
  }

  async head(): Promise<bigint | undefined> {
    try {
      const events = this.client.readAll({ direction: BACKWARDS, fromPosition: END });
      for await (const { event } of untilAbandoned(events))
        if (event && !event.streamId.startsWith('$')) return event.position.commit;
      return undefined;
    } catch (error) {
      throw unavailable(error);
    }
  }

  async close(): Promise<void> {
    // The client waits for streams that it cancelled to end, which those that nobody reads never do.
    const closed = new AbortController();
    await Promise.race([this.client.dispose(), pause(closeWithinMs, closed.signal)]);
    closed.abort();
  }

  /** The client's batch append has no deadline of its own: a lost answer would be waited for for ever. */
  private async orUnknown<Result>(stream: string, append: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new AppendUnknown(stream)), this.appendTimeoutMs);
    });
    try {
      return await Promise.race([append, deadline]);
    } finally {
      clearTimeout(timer);
      append.catch(() => undefined);
    }
  }
}

/**
 * A read that its consumer leaves early is cancelled: the server would go on sending. One that failed has ended by
 * itself; cancelling it too would reset its stream, and a server takes many resets for an attack and hangs up.
 */
async function* untilAbandoned<Item>(reading: StreamingRead<Item>): AsyncIterable<Item> {
  let ended = false;
  try {
    yield* reading;
    ended = true;
  } catch (error) {
    ended = true;
    throw error;
  } finally {
    if (!ended) await reading.cancel();
  }
}

function toStored(
  event: RecordedEvent | AllStreamRecordedEvent,
  commitPosition: bigint | undefined,
): StoredEvent {
  const metadata = event.metadata;
  return {
    stream: event.streamId,
    revision: event.revision,
    position: event.position?.commit ?? commitPosition ?? 0n,
    preparePosition: event.position?.prepare ?? commitPosition ?? 0n,
    id: event.id,
    type: event.type,
    data: event.data,
    metadata:
      typeof metadata === 'object' && !Array.isArray(metadata) && !(metadata instanceof Uint8Array)
        ? metadata
        : {},
  };
}

function unavailable(error: unknown): LogUnavailable {
  return error instanceof LogUnavailable ? error : new LogUnavailable(messageOf(error));
}
