import type { StreamName } from '../../domain/kernel/names.js';
import {
  AppendUnknown,
  LogUnavailable,
  type Appended,
  type EventLog,
  type EventToAppend,
  type ExpectedRevision,
  type LogSignal,
  type StoredEvent,
} from '../../domain/kernel/ports/event-log.js';
import type { Line } from './line.js';

/** The log as one process reaches it. */
export class DistantLog implements EventLog {
  constructor(
    private readonly inner: EventLog,
    private readonly line: Line,
  ) {}

  append(
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly EventToAppend[],
  ): Promise<Appended> {
    return this.line.call(
      `append ${stream} ${expected} ${events.map(({ id }) => id).join()}`,
      () => this.inner.append(stream, expected, events),
      () => new AppendUnknown(stream),
    );
  }

  async *read(stream: string, from?: bigint): AsyncIterable<StoredEvent> {
    yield* await this.fetch(`read ${stream}`, () => collect(this.inner.read(stream, from)));
  }

  readAt(stream: string, revision: bigint): Promise<StoredEvent | undefined> {
    return this.fetch(`read ${stream} at ${revision}`, () => this.inner.readAt(stream, revision));
  }

  readLast(stream: string): Promise<StoredEvent | undefined> {
    return this.fetch(`read last ${stream}`, () => this.inner.readLast(stream));
  }

  async *readAll(from?: bigint): AsyncIterable<StoredEvent> {
    yield* await this.fetch('read all', () => collect(this.inner.readAll(from)));
  }

  async *subscribe(after: bigint | undefined, stop: AbortSignal): AsyncIterable<LogSignal> {
    const { time, random } = this.line.surroundings;
    await this.fetch('subscribe', () => Promise.resolve());
    const said: LogSignal[] = [];
    for await (const signal of this.inner.subscribe(after, stop)) {
      if (random.chance(0.3)) await time.sleep(random.integer(1, 20));
      if (this.line.holds && signal.kind === 'event') await this.line.passHeld(`heard ${signal.event.type}`);
      await this.line.gate();
      said.push(signal);
      yield signal;
      const { breakOff, repeat } = this.line.surroundings.weather;
      if (random.chance(repeat)) yield* said.slice(-3);
      if (random.chance(breakOff)) throw new LogUnavailable('the connection was lost');
    }
  }

  head(): Promise<bigint | undefined> {
    return this.fetch('head', () => this.inner.head());
  }

  private fetch<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    return this.line.call(name, work, () => new LogUnavailable('no answer'));
  }
}

export async function collect<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const collected: Item[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
