import { MongoClient } from 'mongodb';
import type { Findings } from './findings.js';
import { Journal } from './journal.js';
import { compareDocuments } from './mongo-check.js';
import type { Changes, LoadDocument, MongoAcknowledgement } from './mongo-journal.js';
import { checkMongoStore } from './mongo-store-check.js';
import { MongoWriter, loadTarget } from './mongo-writer.js';
import { SeededRandom } from './random.js';
import type { Round } from './round.js';
import type { Subject, SubjectOptions } from './subject.js';

const WRITERS = 32;

/** The MongoDB node under inserts, updates of indexed fields, bulk upserts and deletions. */
export class MongoSubject implements Subject {
  readonly kind = 'mongo';
  private readonly writers: readonly MongoWriter[];
  private client: MongoClient | undefined;
  private counted = 0;

  private constructor(
    private readonly directory: string,
    private readonly journal: Journal<MongoAcknowledgement>,
    seed: number,
  ) {
    const random = new SeededRandom(seed);
    const acknowledge = async (changes: Changes): Promise<void> => {
      await journal.record({ changes });
      this.counted++;
    };
    this.writers = Array.from(
      { length: WRITERS },
      (_, number) => new MongoWriter(`w${number}`, random.fork(), acknowledge),
    );
  }

  static async create({ directory, journalPath, seed }: SubjectOptions): Promise<MongoSubject> {
    return new MongoSubject(directory, await Journal.open(journalPath), seed);
  }

  get acknowledged(): number {
    return this.counted;
  }

  async load(url: string, round: Round): Promise<void> {
    // The node keeps its port, so one client outlives it, and with the client the sessions of numbered writes.
    this.client ??= new MongoClient(url, {
      heartbeatFrequencyMS: 500,
      minHeartbeatFrequencyMS: 20,
      retryWrites: false,
    });
    const target = loadTarget(this.client);
    const indexes = target.things.createIndexes([
      { key: { serial: 1 }, unique: true },
      { key: { group: 1, _id: -1 } },
      { key: { tags: 1 } },
    ]);
    if (!(await round.answerOf(indexes))) return;
    await Promise.all(this.writers.map((writer) => writer.write(target, round)));
  }

  async check(): Promise<Findings> {
    const { documents, contradictions } = await checkMongoStore(this.directory);
    const inDoubt = this.writers.map((writer) => writer.inDoubt ?? {});
    const findings = compareDocuments(documents, await this.journal.entries(), inDoubt);
    findings.torn.push(...contradictions);
    const settled = this.writers.map((writer) => writer.settle(documents));
    await this.journal.record({ changes: Object.assign({}, ...settled) as Changes });
    return findings;
  }

  async readBack(url: string): Promise<Findings> {
    const client = await MongoClient.connect(url);
    try {
      const stored = new Map<string, LoadDocument>();
      for await (const document of loadTarget(client).things.find()) stored.set(document._id, document);
      return compareDocuments(stored, await this.journal.entries(), []);
    } finally {
      await client.close();
    }
  }

  async close(): Promise<void> {
    for (const writer of this.writers) await writer.close();
    await this.client?.close();
    await this.journal.close();
  }
}
