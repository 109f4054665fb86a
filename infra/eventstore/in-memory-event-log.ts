import {
  RevisionConflict,
  type Appended,
  type EventLog,
  type EventToAppend,
  type ExpectedRevision,
  type LogSignal,
  type StoredEvent,
} from '../../domain/kernel/ports/event-log.js';
import type { StreamName } from '../../domain/kernel/names.js';

/** The port's contract without a server: for specifications, and for simulations that need every step in hand. */
export class InMemoryEventLog implements EventLog {
  private readonly everything: StoredEvent[] = [];
  private readonly streams = new Map<string, StoredEvent[]>();
  private readonly wake: (() => void)[] = [];

  append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    const existing = this.streams.get(stream) ?? [];
    const first = expected === 'no_stream' ? 0 : Number(expected) + 1;
    const repeated = existing.slice(first, first + events.length);
    if (repeated.length === events.length && events.every(({ id }, index) => repeated[index]?.id === id))
      return Promise.resolve({ position: repeated.at(-1)?.position ?? 0n });
    if (first !== existing.length)
      return Promise.reject(new RevisionConflict(stream, existing.at(-1)?.revision));
    const stored = events.map((event, index): StoredEvent => {
      const position = BigInt(this.everything.length + index) * 100n;
      const { id, type, data, metadata } = event;
      return {
        stream,
        revision: BigInt(first + index),
        position,
        preparePosition: position,
        id,
        type,
        data,
        metadata,
      };
    });
    this.everything.push(...stored);
    this.streams.set(stream, [...existing, ...stored]);
    this.wakeAll();
    return Promise.resolve({ position: stored.at(-1)?.position ?? 0n });
  }

  async *read(stream: string, from = 0n): AsyncIterable<StoredEvent> {
    await Promise.resolve();
    yield* (this.streams.get(stream) ?? []).slice(Number(from));
  }

  readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    return Promise.resolve(this.streams.get(stream)?.[Number(revision)]);
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return Promise.resolve(this.streams.get(stream)?.at(-1));
  }

  async *readAll(from = 0n): AsyncIterable<StoredEvent> {
    await Promise.resolve();
    yield* this.everything.filter(({ position }) => position >= from);
  }

  async *subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    let next = this.everything.findIndex(({ position }) => after === undefined || position > after);
    if (next < 0) next = this.everything.length;
    const stopped = (): boolean => stop.aborted;
    stop.addEventListener('abort', () => this.wakeAll(), { once: true });
    while (!stopped()) {
      for (; next < this.everything.length && !stopped(); next++) {
        const event = this.everything[next];
        if (event) yield { kind: 'event', event };
      }
      if (!stopped()) yield { kind: 'caughtUp' };
      await new Promise<void>((resume) => {
        if (stopped() || next < this.everything.length) resume();
        this.wake.push(resume);
      });
    }
  }

  head(): Promise<bigint | undefined> {
    return Promise.resolve(this.everything.at(-1)?.position);
  }

  private wakeAll(): void {
    for (const resume of this.wake.splice(0)) resume();
  }
}
