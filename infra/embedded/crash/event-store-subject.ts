import { EventStoreDBClient } from '@eventstore/db-client';
import { checkEventStore } from './event-store-check.js';
import { type EventStoreAcknowledgement, LOAD_PREFIX } from './event-store-journal.js';
import { EventStoreWriter } from './event-store-writer.js';
import { type Findings, noFindings } from './findings.js';
import { Journal } from './journal.js';
import { SeededRandom } from './random.js';
import type { Round } from './round.js';
import type { Subject, SubjectOptions } from './subject.js';

const WRITERS = 32;

/** The EventStoreDB node under single and batched appends, repetitions and deletions. */
export class EventStoreSubject implements Subject {
  readonly kind = 'eventstore';
  private readonly writers: readonly EventStoreWriter[];
  private counted = 0;

  private constructor(
    private readonly directory: string,
    private readonly journal: Journal<EventStoreAcknowledgement>,
    seed: number,
  ) {
    const random = new SeededRandom(seed);
    const acknowledge = async (what: EventStoreAcknowledgement): Promise<void> => {
      await journal.record(what);
      this.counted++;
    };
    this.writers = Array.from(
      { length: WRITERS },
      (_, number) => new EventStoreWriter(String(number), random.fork(), acknowledge),
    );
  }

  static async create({ directory, journalPath, seed }: SubjectOptions): Promise<EventStoreSubject> {
    return new EventStoreSubject(directory, await Journal.open(journalPath), seed);
  }

  get acknowledged(): number {
    return this.counted;
  }

  async load(url: string, round: Round): Promise<void> {
    const client = EventStoreDBClient.connectionString(url);
    try {
      await Promise.all(this.writers.map((writer) => writer.write(client, round)));
    } finally {
      await client.dispose();
    }
  }

  async check(): Promise<Findings> {
    return checkEventStore(this.directory, await this.journal.entries());
  }

  async readBack(url: string): Promise<Findings> {
    const findings = noFindings();
    const client = EventStoreDBClient.connectionString(url);
    try {
      const stored = new Map<string, string>();
      for await (const { event } of client.readAll()) {
        if (!event?.streamId.startsWith(LOAD_PREFIX)) continue;
        if (stored.has(event.id)) findings.lost.push(`the event ${event.id} is read twice`);
        stored.set(event.id, `${event.revision}@${event.streamId}`);
      }
      for (const acknowledgement of await this.journal.entries()) {
        if (acknowledgement.kind !== 'append') continue;
        const { ids, last, stream } = acknowledgement;
        for (const [index, id] of ids.entries()) {
          const place = `${last - ids.length + 1 + index}@${stream}`;
          if (stored.get(id) !== place) findings.lost.push(`${place} was acknowledged and is not read`);
        }
      }
    } finally {
      await client.dispose();
    }
    return findings;
  }

  close(): Promise<void> {
    return this.journal.close();
  }
}
