import { EventStoreDBClient, START } from '@eventstore/db-client';
import { benchEvent } from './bench-event.js';
import type { Operation } from './blocks.js';

const BATCH = 100;
const READ = 2000;
const FILL_BATCH = 500;
const FILLERS = 6;

/** Appends and reads through the official client, and remembers how many events it appended. */
export class EventStoreLoad {
  appended = 0;
  private readonly client: EventStoreDBClient;

  /** @param streams how many streams the appends are spread over */
  constructor(
    url: string,
    private readonly streams: number,
  ) {
    this.client = EventStoreDBClient.connectionString(url);
  }

  readonly append: Operation = async () => {
    const number = this.appended++;
    await this.client.appendToStream(this.streamOf(number), benchEvent(number));
    return 1;
  };

  readonly appendBatch: Operation = () => this.appendMany(BATCH);

  readonly readAll: Operation = async () => {
    let read = 0;
    for await (const { event } of this.client.readAll({ maxCount: READ, fromPosition: START }))
      if (event) read++;
    if (read !== READ) throw new Error(`a read of ${READ} events gave ${read}`);
    return read;
  };

  async fill(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: FILLERS }, async () => {
        while (this.appended < count) await this.appendMany(FILL_BATCH);
      }),
    );
  }

  /** Whether the log holds every event that was appended, in order, and each once. */
  async isComplete(): Promise<boolean> {
    const numbers = new Set<number>();
    let last = -1n;
    let isOrdered = true;
    for await (const { event } of this.client.readAll()) {
      if (event?.type !== 'Measured') continue;
      const { commit } = event.position;
      isOrdered &&= commit > last;
      last = commit;
      numbers.add((event.data as { number: number }).number);
    }
    return isOrdered && numbers.size === this.appended;
  }

  /** The time from the call of an append to the delivery of its event to a live subscription, in milliseconds. */
  async liveLatencies(count: number): Promise<number[]> {
    const sent = new Map<string, number>();
    const milliseconds: number[] = [];
    const subscription = this.client.subscribeToAll({ fromPosition: 'end' });
    const delivered = (async (): Promise<void> => {
      for await (const { event } of subscription) {
        const at = event && sent.get(event.id);
        if (at === undefined) continue;
        milliseconds.push(performance.now() - at);
        if (milliseconds.length === count) return;
      }
    })();
    await new Promise((resolve) => subscription.once('confirmation', resolve));
    for (let index = 0; index < count; index++) {
      const event = benchEvent(this.appended++);
      sent.set(event.id, performance.now());
      await this.client.appendToStream(this.streamOf(index), event);
    }
    await delivered;
    await subscription.unsubscribe();
    return milliseconds;
  }

  close(): Promise<void> {
    return this.client.dispose();
  }

  private async appendMany(count: number): Promise<number> {
    const first = this.appended;
    this.appended += count;
    const events = Array.from({ length: count }, (_, index) => benchEvent(first + index));
    await this.client.appendToStream(this.streamOf(first / count), events);
    return count;
  }

  private streamOf(number: number): string {
    return `bench-${Math.floor(number) % this.streams}`;
  }
}
