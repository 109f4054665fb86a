import {
  Long,
  MongoBulkWriteError,
  MongoClient,
  type AnyBulkWriteOperation,
  type Collection,
  type Document,
  type Filter,
} from 'mongodb';
import { AxionError, Unavailable, codeOf, messageOf } from '../../domain/kernel/errors.js';
import type { WorkspaceId } from '../../domain/kernel/names.js';
import {
  documentName,
  type Checkpoint,
  type DocumentKey,
  type Page,
  type PageRequest,
  type ReadModelStore,
  type ReadModelVersion,
  type StoredDocument,
} from '../../domain/kernel/ports/read-model-store.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { fromStored, toStored, type StoredFields } from './stored-document.js';

interface StoredCheckpoint extends Document {
  readonly _id: string;
  readonly lane: number;
  readonly lanes: number;
  readonly position: Long;
}

const duplicateKey = 11000;
/** A read model is lost neither with the primary nor with the power (rule P4). */
const durable = { w: 'majority', j: true } as const;

/** The ReadModelStore port over MongoDB's official driver; its errors are translated here and nowhere else. */
export class MongoReadModelStore implements ReadModelStore {
  private readonly client: MongoClient;

  constructor(
    url: string,
    private readonly database: string,
  ) {
    this.client = new MongoClient(url, {
      // Positions are 64-bit; as JavaScript numbers they would lose their low bits (rule F5).
      promoteLongs: false,
      ignoreUndefined: true,
      serverSelectionTimeoutMS: 5000,
      maxPoolSize: 32,
    });
  }

  async prepare(model: ReadModelVersion): Promise<void> {
    await translated(async () => {
      for (const fields of model.indexes) {
        const key = Object.fromEntries(['_ws', ...fields, '_id'].map((field) => [field, 1] as const));
        await this.documents(model).createIndex(key, {}, {});
      }
    });
  }

  async load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return translated(async () => {
      const found = await this.documents(model)
        .find({ _id: { $in: keys.map(documentName) } })
        .toArray();
      return found.map(fromStored);
    });
  }

  async write(model: ReadModelVersion, documents: readonly StoredDocument[]): Promise<void> {
    if (documents.length === 0) return;
    await translated(async () => {
      const collection = this.documents(model);
      const operations = (
        some: readonly StoredDocument[],
        upsert: boolean,
      ): AnyBulkWriteOperation<StoredFields>[] =>
        some.map((document) => ({
          replaceOne: {
            filter: { _id: documentName(document), _position: { $lt: Long.fromBigInt(document.position) } },
            replacement: toStored(document),
            upsert,
          },
        }));
      try {
        await collection.bulkWrite(operations(documents, true), { ordered: false, writeConcern: durable });
      } catch (error) {
        // The key is taken: either by what we wanted to write, or by an insert that was faster. A plain update
        // tells which: it changes an older document and leaves a newer one (rule P3).
        const refused = duplicatesAmong(error, documents);
        await collection.bulkWrite(operations(refused, false), { ordered: false, writeConcern: durable });
        await this.checkApplied(model, refused);
      }
    });
  }

  async checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]> {
    return translated(async () => {
      const found = await this.checkpointCollection()
        .find({ model: collectionName(model) })
        .toArray();
      return found.map(({ lane, lanes, position }) => ({ lane, lanes, position: position.toBigInt() }));
    });
  }

  async saveCheckpoint(model: ReadModelVersion, { lane, lanes, position }: Checkpoint): Promise<void> {
    const _id = `${collectionName(model)}/${lanes}/${lane}`;
    const value = Long.fromBigInt(position);
    await translated(async () => {
      try {
        await this.checkpointCollection().updateOne(
          { _id, position: { $lt: value } },
          { $set: { model: collectionName(model), lane, lanes, position: value } },
          { upsert: true, writeConcern: durable },
        );
      } catch (error) {
        // It is there and already as far or further: it moves only forwards.
        if (codeOf(error) !== duplicateKey) throw error;
      }
    });
  }

  async get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return translated(async () => {
      const found = await this.documents(model).findOne({ _id: documentName(key) });
      return found ? fromStored(found) : undefined;
    });
  }

  async page(
    model: ReadModelVersion,
    workspace: WorkspaceId,
    request: PageRequest,
  ): Promise<Page<StoredDocument>> {
    const { limit, cursor, where = {} } = request;
    const from =
      cursor === undefined ? `${workspace}/` : documentName({ workspace, id: decodeCursor(cursor) });
    return translated(async () => {
      const found = await this.documents(model)
        .find({ _ws: workspace, ...where, _id: { $gt: from, $lt: `${workspace}0` }, _deleted: { $ne: true } })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      const items = found.slice(0, limit).map(fromStored);
      const last = items.at(-1);
      return found.length > limit && last ? { items, next: encodeCursor(last.id) } : { items };
    });
  }

  all(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.scan(model, {});
  }

  live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.scan(model, { _deleted: { $ne: true } });
  }

  /** Removes everything: for specifications that were given a database of their own. */
  async drop(): Promise<void> {
    await this.client.db(this.database).dropDatabase();
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async *scan(model: ReadModelVersion, filter: Filter<StoredFields>): AsyncIterable<StoredDocument> {
    try {
      for await (const found of this.documents(model).find(filter, { batchSize: 1000 }))
        yield fromStored(found);
    } catch (error) {
      throw unavailable(error);
    }
  }

  private async checkApplied(model: ReadModelVersion, documents: readonly StoredDocument[]): Promise<void> {
    const stored = new Map(
      (await this.load(model, documents)).map((found) => [documentName(found), found.position]),
    );
    for (const document of documents) {
      const position = stored.get(documentName(document));
      if (position === undefined || position < document.position)
        throw new Unavailable(
          'read-model.not-written',
          `${documentName(document)} was not written; it is tried again`,
        );
    }
  }

  private documents(model: ReadModelVersion): Collection<StoredFields> {
    return this.client.db(this.database).collection<StoredFields>(collectionName(model));
  }

  private checkpointCollection(): Collection<StoredCheckpoint> {
    return this.client.db(this.database).collection<StoredCheckpoint>('checkpoints');
  }
}

function collectionName({ name, version }: ReadModelVersion): string {
  return `${name}_v${version}`;
}

function duplicatesAmong(error: unknown, documents: readonly StoredDocument[]): readonly StoredDocument[] {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || failures.some(({ code }) => code !== duplicateKey)) throw error;
  return failures.flatMap(({ index }) => documents[index] ?? []);
}

async function translated<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(error: unknown): Error {
  if (error instanceof AxionError) return error;
  return new Unavailable('read-model.unavailable', 'the read models cannot be reached', {
    reason: messageOf(error),
  });
}
