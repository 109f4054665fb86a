import { type Collection, MongoClient } from 'mongodb';
import { type BenchDocument, benchDocument } from './bench-document.js';
import type { Operation } from './blocks.js';

const BULK = 100;
const FILL_BATCH = 1000;
const FILLERS = 4;

/** Writes and queries through the official driver, and remembers how many documents it wrote. */
export class MongoLoad {
  written = 0;
  private queried = 0;
  private readonly client: MongoClient;
  private readonly documents: Collection<BenchDocument>;

  /** @param checks false for a server that finds the same document always */
  constructor(
    url: string,
    private readonly checks: boolean,
  ) {
    this.client = new MongoClient(url, { maxPoolSize: 64 });
    this.documents = this.client.db('bench').collection<BenchDocument>('documents');
  }

  async createIndex(): Promise<void> {
    await this.documents.createIndex({ serial: 1 }, {}, {});
  }

  readonly insert: Operation = async () => {
    await this.documents.insertOne(this.next());
    return 1;
  };

  readonly findById: Operation = () => {
    const serial = this.some();
    return this.findOne({ _id: `d${serial}` }, serial);
  };

  readonly findIndexed: Operation = () => {
    const serial = this.some();
    return this.findOne({ serial }, serial);
  };

  readonly bulkUpsert: Operation = async () => {
    const operations = Array.from({ length: BULK }, () => {
      const { _id, ...replacement } = this.next();
      return { replaceOne: { filter: { _id }, replacement, upsert: true } };
    });
    const { upsertedCount } = await this.documents.bulkWrite(operations);
    if (upsertedCount !== BULK) throw new Error(`of ${BULK} upserts ${upsertedCount} inserted`);
    return BULK;
  };

  async fill(count: number): Promise<void> {
    await Promise.all(
      Array.from({ length: FILLERS }, async () => {
        while (this.written < count)
          await this.documents.insertMany(Array.from({ length: FILL_BATCH }, () => this.next()));
      }),
    );
  }

  /** Whether every document that was written is there, and leads there by its index. */
  async isComplete(): Promise<boolean> {
    const counted = await this.documents.countDocuments();
    const indexed = await this.documents.countDocuments({ serial: { $gte: 0 } });
    return counted === this.written && indexed === this.written;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  private next(): BenchDocument {
    const serial = this.written++;
    return benchDocument(`d${serial}`, serial);
  }

  /** Scattered over everything that was written before the block began, by a step that shares no factor with it. */
  private some(): number {
    return (this.queried++ * 7919) % Math.max(1, this.written - BULK);
  }

  private async findOne(filter: Partial<BenchDocument>, serial: number): Promise<number> {
    const found = await this.documents.findOne(filter);
    if (!found || (this.checks && found.serial !== serial))
      throw new Error(`document ${serial} was not found`);
    return 1;
  }
}
