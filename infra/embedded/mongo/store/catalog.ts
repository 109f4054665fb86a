import { randomUUID } from 'node:crypto';
import { type DiskSpace } from './disk-space.js';
import { type Table } from './environment.js';
import {
  type CollectionDefinition,
  ID_INDEX_NAME,
  type IndexDefinition,
  namespaceOf,
} from './index-definition.js';

const COLLECTION_PREFIX = 'collection:';
const COUNTER_KEY = Buffer.from('counter');

function collectionKey(namespace: string): Buffer {
  return Buffer.from(`${COLLECTION_PREFIX}${namespace}`);
}

/**
 * What collections and indexes there are. Every change is written in the transaction of the command that asked
 * for it. Writers inside the transaction see it at once, readers only when it is committed: a query must not use
 * an index whose entries it cannot see yet. Invariant: a published definition is replaced, never changed, but for
 * `multikey`, which is safe to learn early.
 */
export class Catalog {
  private working = new Map<string, CollectionDefinition>();
  private published = new Map<string, CollectionDefinition>();
  private writing = false;
  private changed = false;
  private counter = 0;
  /** Grows with every change readers get to see. */
  version = 0;

  /** Who only reads needs no `space`. */
  constructor(
    private readonly table: Table,
    private readonly space?: DiskSpace,
  ) {
    this.reload();
  }

  reload(): void {
    this.working = new Map();
    for (const { key, value } of this.table.getRange({
      start: Buffer.from(COLLECTION_PREFIX),
      end: Buffer.from('collection;'),
    })) {
      const definition = JSON.parse(value.toString()) as CollectionDefinition;
      this.working.set(key.toString().slice(COLLECTION_PREFIX.length), definition);
    }
    this.counter = this.table.get(COUNTER_KEY)?.readUInt32BE(0) ?? 0;
    this.published = new Map(this.working);
    this.version += 1;
    this.changed = false;
  }

  /** Runs a transaction's work with its own changes in sight. */
  whileWriting<Result>(work: () => Result): Result {
    this.writing = true;
    try {
      return work();
    } finally {
      this.writing = false;
    }
  }

  /** The transaction is on disk: now everybody may know. */
  publish(): void {
    if (!this.changed) return;
    this.published = new Map(this.working);
    this.version += 1;
    this.changed = false;
  }

  private get collections(): ReadonlyMap<string, CollectionDefinition> {
    return this.writing ? this.working : this.published;
  }

  find(namespace: string): CollectionDefinition | undefined {
    return this.collections.get(namespace);
  }

  all(): CollectionDefinition[] {
    return [...this.collections.values()];
  }

  in(database: string): CollectionDefinition[] {
    return this.all().filter((collection) => collection.database === database);
  }

  create(database: string, name: string, options: Buffer): CollectionDefinition {
    const idIndex: IndexDefinition = {
      number: 0,
      name: ID_INDEX_NAME,
      fields: [{ path: '_id', descending: false }],
      unique: true,
      sparse: false,
      multikey: false,
    };
    const definition: CollectionDefinition = {
      number: this.nextNumber(),
      database,
      name,
      uuid: randomUUID(),
      options: options.toString('base64'),
      indexes: [idIndex],
    };
    this.save(definition);
    return definition;
  }

  save(definition: CollectionDefinition): void {
    const namespace = namespaceOf(definition);
    const bytes = Buffer.from(JSON.stringify(definition));
    this.space?.count(bytes.length);
    void this.table.put(collectionKey(namespace), bytes);
    this.working.set(namespace, definition);
    this.changed = true;
  }

  remove(definition: CollectionDefinition): void {
    const namespace = namespaceOf(definition);
    this.space?.count(0);
    void this.table.remove(collectionKey(namespace));
    this.working.delete(namespace);
    this.changed = true;
  }

  rename(definition: CollectionDefinition, database: string, name: string): void {
    this.remove(definition);
    this.save({ ...definition, database, name });
  }

  /** Numbers are never given twice, so what a dropped collection left behind can never be read as another's. */
  nextNumber(): number {
    this.counter += 1;
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(this.counter);
    void this.table.put(COUNTER_KEY, bytes);
    return this.counter;
  }
}
