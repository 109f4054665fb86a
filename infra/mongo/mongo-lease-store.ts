import { Long, MongoClient, type Collection, type Document } from 'mongodb';
import { codeOf } from '../../domain/kernel/errors.js';
import type { LeaseEntry, LeaseStore } from '../../domain/kernel/ports/lease-store.js';
import { translated as translatedAs } from './translated.js';

interface StoredLease extends Document {
  readonly _id: string;
  readonly holder: string | null;
  readonly token: Long;
  readonly beat: Long;
}

const duplicateKey = 11000;
const durable = { w: 'majority', j: true } as const;

/** The LeaseStore port over MongoDB's official driver: the collection `leases`, one document a name. */
export class MongoLeaseStore implements LeaseStore {
  private readonly client: MongoClient;

  constructor(
    url: string,
    private readonly database: string,
  ) {
    this.client = new MongoClient(url, {
      promoteLongs: false,
      // A lease that was taken over elsewhere must not look free to one half of a divided cluster.
      readConcern: { level: 'majority' },
      readPreference: 'primary',
      serverSelectionTimeoutMS: 5000,
      maxPoolSize: 4,
    });
  }

  async read(names: readonly string[]): Promise<readonly LeaseEntry[]> {
    return translated(async () => {
      const found = await this.leases()
        .find({ _id: { $in: [...names] } })
        .toArray();
      return found.map(fromStored);
    });
  }

  async list(prefix: string): Promise<readonly LeaseEntry[]> {
    return translated(async () => {
      const found = await this.leases()
        .find({ _id: { $gte: prefix } })
        .sort({ _id: 1 })
        .toArray();
      return found.map(fromStored).filter(({ name }) => name.startsWith(prefix));
    });
  }

  async replace(before: LeaseEntry | undefined, after: LeaseEntry): Promise<boolean> {
    return translated(async () => {
      if (before) {
        const { _id, ...fields } = toStored(after);
        const { matchedCount } = await this.leases().updateOne(
          { ...toStored(before), _id },
          { $set: fields },
          { writeConcern: durable },
        );
        return matchedCount === 1;
      }
      try {
        await this.leases().insertOne(toStored(after), { writeConcern: durable });
        return true;
      } catch (error) {
        if (codeOf(error) === duplicateKey) return false;
        throw error;
      }
    });
  }

  /** Removes everything: for specifications that were given a database of their own. */
  async drop(): Promise<void> {
    await this.client.db(this.database).dropDatabase();
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private leases(): Collection<StoredLease> {
    return this.client.db(this.database).collection<StoredLease>('leases');
  }
}

function toStored({ name, holder, token, beat }: LeaseEntry): StoredLease {
  return {
    _id: name,
    holder: holder ?? null,
    token: Long.fromBigInt(token),
    beat: Long.fromBigInt(beat),
  };
}

function fromStored({ _id, holder, token, beat }: StoredLease): LeaseEntry {
  return { name: _id, holder: holder ?? undefined, token: token.toBigInt(), beat: beat.toBigInt() };
}

function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  return translatedAs(work, 'lease.unavailable', 'the leases cannot be reached');
}
