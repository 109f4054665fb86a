import { MongoClient, type Collection, type Db, type Filter } from 'mongodb';
import { Unavailable, codeOf } from '../../domain/kernel/errors.js';
import type { JsonObject } from '../../domain/kernel/json.js';
import type { WorkspaceId } from '../../domain/kernel/names.js';
import type { ReadModelPointer } from '../../domain/kernel/ports/read-model-pointers.js';
import {
  buildName,
  documentName,
  type Checkpoint,
  type DocumentKey,
  type OnUnreadable,
  type Page,
  type PageRequest,
  type ReadModelStore,
  type ReadModelVersion,
  type StoredDocument,
  type UnkeyedEvent,
} from '../../domain/kernel/ports/read-model-store.js';
import { fenceCheckpoint, moveCheckpoint, readCheckpoints, type StoredCheckpoint } from './checkpoints.js';
import { withDeadline } from '../system/deadline.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { documentRefusal } from './document-refusal.js';
import {
  duplicateKey,
  durable,
  insertDocuments,
  insertUnkeyed,
  replaceDocument,
  unkeyedName,
  writeDocuments,
} from './document-writes.js';
import { pageFilter } from './page-filter.js';
import { fromStored, isLive, isUnreadable, type StoredFields } from './stored-document.js';
import { fromStoredPointer, toStoredPointer, type StoredPointer } from './stored-pointer.js';
import { translated as translatedAs, unavailable } from './translated.js';

/** Indexes and removals of what is large already take their time. */
const slowWorkMs = 120_000;
const outOfReach = ['read-model.unavailable', 'the read models cannot be reached'] as const;

export interface MongoStoreOptions {
  /** A server that is silent for so long does not answer. Default 10 s. */
  readonly answerWithinMs?: number;
}

/** The ReadModelStore port over MongoDB's official driver; its errors are translated here and nowhere else. */
export class MongoReadModelStore implements ReadModelStore {
  private readonly client: MongoClient;
  private readonly db: Db;
  private readonly answerWithinMs: number;

  constructor(url: string, database: string, { answerWithinMs = 10_000 }: MongoStoreOptions = {}) {
    this.answerWithinMs = answerWithinMs;
    this.client = new MongoClient(url, {
      // Positions are 64-bit; as JavaScript numbers they would lose their low bits (rule F5).
      promoteLongs: false,
      ignoreUndefined: true,
      serverSelectionTimeoutMS: 5000,
      socketTimeoutMS: slowWorkMs,
      connectTimeoutMS: answerWithinMs,
      waitQueueTimeoutMS: answerWithinMs,
      maxPoolSize: 32,
    });
    this.db = this.client.db(database);
  }

  async prepare(model: ReadModelVersion): Promise<void> {
    await slow(async () => {
      const ascending = (fields: readonly string[]) =>
        Object.fromEntries(fields.map((field) => [field, 1] as const));
      // In one message: a start asks for those of every build.
      await this.documents(model).createIndexes(
        [
          ...model.indexes.map((fields) => ({ key: ascending(['_ws', ...fields, '_id']) })),
          ...(model.due === undefined ? [] : [{ key: ascending([model.due, '_id']) }]),
          { key: { '_parked.position': 1 }, sparse: true },
        ],
        {},
      );
    });
  }

  async remove(model: ReadModelVersion): Promise<void> {
    await slow(async () => {
      await this.documents(model).drop();
      await this.checkpointCollection().deleteMany({ model: buildName(model) }, { writeConcern: durable });
    });
  }

  refusal(document: JsonObject): string | undefined {
    return documentRefusal(document);
  }

  async load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return this.translated(async () => {
      const found = await this.documents(model)
        .find({ _id: { $in: keys.map(documentName) } })
        .toArray();
      return found.map(fromStored);
    });
  }

  async write(
    model: ReadModelVersion,
    documents: readonly StoredDocument[],
    expected: 'new' | 'any' = 'any',
  ): Promise<readonly DocumentKey[]> {
    if (documents.length === 0) return [];
    const write = expected === 'new' ? insertDocuments : writeDocuments;
    return this.translated(() => write(this.documents(model), documents));
  }

  async replace(
    model: ReadModelVersion,
    before: StoredDocument | undefined,
    after: StoredDocument,
  ): Promise<boolean> {
    return this.translated(() => replaceDocument(this.documents(model), before, after));
  }

  async parkUnkeyed(model: ReadModelVersion, event: UnkeyedEvent): Promise<void> {
    await this.translated(() => insertUnkeyed(this.documents(model), event));
  }

  async settleUnkeyed(
    model: ReadModelVersion,
    event: UnkeyedEvent,
    outcome: 'applied' | { readonly reason: string },
  ): Promise<void> {
    await this.translated(async () => {
      await this.documents(model).updateOne(
        { _id: unkeyedName(event), _parked: { $exists: true } },
        outcome === 'applied' ? { $unset: { _parked: '' } } : { $set: { '_parked.reason': outcome.reason } },
        { writeConcern: durable },
      );
    });
  }

  async unkeyed(model: ReadModelVersion): Promise<readonly UnkeyedEvent[]> {
    const found: UnkeyedEvent[] = [];
    for await (const { workspace, parked } of this.scan(model, {
      _parked: { $exists: true },
      _unkeyed: true,
    }))
      if (parked) {
        const { position, stream, type, reason } = parked;
        found.push({ workspace, position, stream, type, reason });
      }
    return found.sort((one, other) => (one.position < other.position ? -1 : 1));
  }

  parked(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.scan(model, { _parked: { $exists: true }, _unkeyed: { $ne: true } });
  }

  async checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]> {
    return this.translated(() => readCheckpoints(this.checkpointCollection(), buildName(model)));
  }

  async saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean> {
    return this.translated(() => moveCheckpoint(this.checkpointCollection(), buildName(model), checkpoint));
  }

  async fence(
    model: ReadModelVersion,
    lane: Required<Pick<Checkpoint, 'lane' | 'lanes' | 'token'>>,
  ): Promise<boolean> {
    return this.translated(() => fenceCheckpoint(this.checkpointCollection(), buildName(model), lane));
  }

  async get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return this.translated(async () => {
      const found = await this.documents(model).findOne({ _id: documentName(key) });
      return found ? fromStored(found) : undefined;
    });
  }

  async page(
    model: ReadModelVersion,
    workspace: WorkspaceId,
    request: PageRequest,
  ): Promise<Page<StoredDocument>> {
    const { limit, cursor } = request;
    const from =
      cursor === undefined ? `${workspace}/` : documentName({ workspace, id: decodeCursor(cursor) });
    return this.translated(async () => {
      const found = await this.documents(model)
        .find({ ...pageFilter(request), _ws: workspace, _id: { $gt: from, $lt: `${workspace}0` }, ...isLive })
        .sort({ _id: 1 })
        .limit(limit + 1)
        .toArray();
      const items = found.slice(0, limit).map(fromStored);
      const last = items.at(-1);
      return found.length > limit && last ? { items, next: encodeCursor(last.id) } : { items };
    });
  }

  all(model: ReadModelVersion, onUnreadable?: OnUnreadable): AsyncIterable<StoredDocument> {
    return this.scan(model, { _unkeyed: { $ne: true } }, onUnreadable);
  }

  live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.scan(model, isLive);
  }

  async due(model: ReadModelVersion, atMost: string, limit: number): Promise<readonly StoredDocument[]> {
    const { due } = model;
    if (due === undefined) throw new RangeError(`${model.name} names no field that says when it is due`);
    return this.translated(async () => {
      const found = await this.documents(model)
        .find({ [due]: { $lte: atMost }, ...isLive })
        .sort({ [due]: 1, _id: 1 })
        .limit(limit)
        .toArray();
      return found.map(fromStored);
    });
  }

  async pointers(): Promise<readonly ReadModelPointer[]> {
    return this.translated(async () =>
      (await this.pointerCollection().find().toArray()).map(fromStoredPointer),
    );
  }

  async pointer(name: string): Promise<ReadModelPointer | undefined> {
    return this.translated(async () => {
      const found = await this.pointerCollection().findOne({ _id: name });
      return found ? fromStoredPointer(found) : undefined;
    });
  }

  async replacePointer(after: ReadModelPointer): Promise<boolean> {
    const pointers = this.pointerCollection();
    const stored = toStoredPointer(after);
    return this.translated(async () => {
      if (after.revision > 0) {
        const before = { _id: after.name, revision: after.revision - 1 };
        return (await pointers.replaceOne(before, stored, { writeConcern: durable })).matchedCount === 1;
      }
      try {
        await pointers.insertOne(stored, { writeConcern: durable });
        return true;
      } catch (error) {
        if (codeOf(error) === duplicateKey) return false;
        throw error;
      }
    });
  }

  /** Removes everything: for specifications that were given a database of their own. */
  async drop(): Promise<void> {
    await this.db.dropDatabase();
  }

  async close(): Promise<void> {
    await this.client.close();
  }

  private async *scan(
    model: ReadModelVersion,
    filter: Filter<StoredFields>,
    onUnreadable?: OnUnreadable,
  ): AsyncIterable<StoredDocument> {
    try {
      for await (const found of this.documents(model).find(filter, { batchSize: 1000 })) {
        const document = readable(found, onUnreadable);
        if (document) yield document;
      }
    } catch (error) {
      throw unavailable(error, ...outOfReach);
    }
  }

  /** A server that stopped answering keeps its connections: nobody waits for it longer than this. */
  private translated<Result>(work: () => Promise<Result>): Promise<Result> {
    const late = (): Error => new Unavailable(...outOfReach, { reason: 'no answer came in time' });
    return translatedAs(() => withDeadline(this.answerWithinMs, work(), late), ...outOfReach);
  }

  private documents(model: ReadModelVersion): Collection<StoredFields> {
    return this.db.collection<StoredFields>(buildName(model));
  }

  private checkpointCollection(): Collection<StoredCheckpoint> {
    return this.db.collection<StoredCheckpoint>('checkpoints');
  }

  private pointerCollection(): Collection<StoredPointer> {
    return this.db.collection<StoredPointer>('read-models');
  }
}

function readable(found: StoredFields, onUnreadable: OnUnreadable | undefined): StoredDocument | undefined {
  try {
    return fromStored(found);
  } catch (error) {
    if (!onUnreadable || !isUnreadable(error)) throw error;
    onUnreadable(found._id, error instanceof Error ? error.message : '');
    return undefined;
  }
}

function slow<Result>(work: () => Promise<Result>): Promise<Result> {
  return translatedAs(work, ...outOfReach);
}
