import type { StreamName } from '../../../../domain/kernel/names.js';
import type {
  Appended,
  EventLog,
  EventToAppend,
  ExpectedRevision,
  LogSignal,
  StoredEvent,
} from '../../../../domain/kernel/ports/event-log.js';

/** A log whose subscriptions break off and repeat themselves, as often as `whim` says. */
export class RepeatingLog implements EventLog {
  constructor(
    private readonly inner: EventLog,
    private readonly whim: () => 'go on' | 'repeat' | 'break off',
  ) {}

  append(stream: StreamName, at: ExpectedRevision, events: readonly EventToAppend[]): Promise<Appended> {
    return this.inner.append(stream, at, events);
  }

  read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    return this.inner.read(stream, from);
  }

  readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    return this.inner.readAt(stream, revision);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.inner.readLast(stream);
  }

  readAll(from?: bigint): AsyncIterable<StoredEvent> {
    return this.inner.readAll(from);
  }

  async *subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    const said: LogSignal[] = [];
    for await (const signal of this.inner.subscribe(after, stop)) {
      said.push(signal);
      yield signal;
      const whim = this.whim();
      if (whim === 'repeat') yield* said;
      if (whim === 'break off') throw new Error('the connection was lost');
    }
  }

  head(): Promise<bigint | undefined> {
    return this.inner.head();
  }
}
