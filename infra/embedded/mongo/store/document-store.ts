import { CommandError } from '../errors.js';
import { idOf } from '../bson/elements.js';
import { successor } from '../bson/order-key.js';
import { BsonValue } from '../bson/value.js';
import { type Catalog } from './catalog.js';
import { duplicateKey } from './duplicate-key.js';
import { type Environment, type Table } from './environment.js';
import { type CollectionDefinition, type IndexDefinition } from './index-definition.js';
import {
  documentKey,
  indexKeysOf,
  keyTooLong,
  LONGEST_KEY,
  numberPrefix,
  type EntryKey,
} from './index-keys.js';
import { type KeyRange } from './table-ranges.js';

export const LARGEST_DOCUMENT = 16 * 1024 * 1024;

interface IndexChange {
  readonly index: IndexDefinition;
  readonly removed: readonly Buffer[];
  readonly added: readonly EntryKey[];
  readonly multikey: boolean;
}

/**
 * Documents and their index entries. Every method that writes runs inside a transaction of the commit queue.
 * Invariant: a write is checked wholly before its first put, so a refused document leaves nothing behind.
 */
export class DocumentStore {
  constructor(
    private readonly environment: Environment,
    private readonly catalog: Catalog,
  ) {}

  read(key: Buffer): Buffer | undefined {
    return this.environment.documents.get(key);
  }

  insert(collection: CollectionDefinition, document: Buffer): Buffer {
    const value = BsonValue.document(document);
    const id = idOf(value);
    if (id === undefined) throw new CommandError('BadValue', 'a document needs an _id');
    const key = documentKey(collection.number, id);
    if (this.environment.documents.doesExist(key)) throw this.duplicateId(collection, id);
    const changes = this.plan(collection, key, undefined, value);
    this.apply(collection, key, changes);
    this.put(key, document);
    return key;
  }

  /** The `_id` stays: callers have made sure of that. */
  replace(collection: CollectionDefinition, key: Buffer, before: Buffer, after: Buffer): void {
    if (after.length > LARGEST_DOCUMENT) throw tooLarge(after.length);
    const changes = this.plan(collection, key, BsonValue.document(before), BsonValue.document(after));
    this.apply(collection, key, changes);
    this.put(key, after);
  }

  remove(collection: CollectionDefinition, key: Buffer, document: Buffer): void {
    this.apply(collection, key, this.plan(collection, key, BsonValue.document(document), undefined));
    this.environment.space.count(0);
    void this.environment.documents.remove(key);
  }

  /** Adds the entries of one index for every document there is; throws 11000 when it cannot be unique. */
  buildIndex(collection: CollectionDefinition, index: IndexDefinition): void {
    for (const { key, value } of this.environment.documents.getRange(documentRange(collection))) {
      const change = this.planIndex(collection, index, key, undefined, BsonValue.document(value));
      this.applyIndex(key, change);
      if (change.multikey) index.multikey = true;
    }
  }

  clearIndex(index: IndexDefinition): void {
    this.clear(this.environment.indexes, indexRange(index));
  }

  clearCollection(collection: CollectionDefinition): void {
    for (const index of collection.indexes) if (index.number !== 0) this.clearIndex(index);
    this.clear(this.environment.documents, documentRange(collection));
  }

  count(collection: CollectionDefinition): number {
    return this.environment.documents.getCount(documentRange(collection));
  }

  private duplicateId(collection: CollectionDefinition, id: BsonValue): CommandError {
    const [idIndex] = collection.indexes;
    if (idIndex === undefined) throw new Error('a collection always has its _id index');
    return duplicateKey(collection, idIndex, [id]);
  }

  private plan(
    collection: CollectionDefinition,
    key: Buffer,
    before: BsonValue | undefined,
    after: BsonValue | undefined,
  ): IndexChange[] {
    const changes: IndexChange[] = [];
    for (const index of collection.indexes) {
      if (index.number !== 0) changes.push(this.planIndex(collection, index, key, before, after));
    }
    return changes;
  }

  private planIndex(
    collection: CollectionDefinition,
    index: IndexDefinition,
    key: Buffer,
    before: BsonValue | undefined,
    after: BsonValue | undefined,
  ): IndexChange {
    const old = before === undefined ? undefined : indexKeysOf(index, before);
    const wanted = after === undefined ? undefined : indexKeysOf(index, after);
    const oldKeys = old?.entries ?? [];
    const wantedKeys = wanted?.entries ?? [];
    const added = wantedKeys.filter((entry) => !oldKeys.some((other) => other.key.equals(entry.key)));
    const removed = oldKeys.filter((entry) => !wantedKeys.some((other) => other.key.equals(entry.key)));
    for (const entry of added) {
      if (index.unique) {
        const holder = this.environment.indexes.get(entry.key);
        if (holder !== undefined && !holder.equals(key)) throw duplicateKey(collection, index, entry.values);
      } else if (entry.key.length + key.length > LONGEST_KEY) throw keyTooLong();
    }
    return { index, removed: removed.map((entry) => entry.key), added, multikey: wanted?.multikey ?? false };
  }

  private apply(collection: CollectionDefinition, key: Buffer, changes: readonly IndexChange[]): void {
    let newlyMultikey = false;
    for (const change of changes) {
      this.applyIndex(key, change);
      if (change.multikey && !change.index.multikey) {
        change.index.multikey = true;
        newlyMultikey = true;
      }
    }
    if (newlyMultikey) this.catalog.save(collection);
  }

  private applyIndex(key: Buffer, { index, removed, added }: IndexChange): void {
    const { indexes, space } = this.environment;
    for (const entry of removed) {
      space.count(0);
      void indexes.remove(entryKey(index, entry, key));
    }
    for (const entry of added) {
      space.count(entry.key.length + 2 * key.length);
      void indexes.put(entryKey(index, entry.key, key), key);
    }
  }

  private clear(table: Table, range: KeyRange): void {
    for (const key of [...table.getKeys({ start: range.start, end: range.end })]) {
      this.environment.space.count(0);
      void table.remove(key);
    }
  }

  private put(key: Buffer, document: Buffer): void {
    this.environment.space.count(key.length + document.length);
    void this.environment.documents.put(key, document);
  }
}

/** Entries of a unique index are found by their fields alone; others carry the document's key to stay apart. */
export function entryKey(index: IndexDefinition, fields: Buffer, documentKeyBytes: Buffer): Buffer {
  return index.unique ? fields : Buffer.concat([fields, documentKeyBytes]);
}

export function documentRange(collection: CollectionDefinition): KeyRange {
  const start = numberPrefix(collection.number);
  return { start, end: successor(start) };
}

export function indexRange(index: IndexDefinition): KeyRange {
  const start = numberPrefix(index.number);
  return { start, end: successor(start) };
}

export function tooLarge(size: number): CommandError {
  return new CommandError(
    'BSONObjectTooLarge',
    `BSONObj size: ${size} is invalid. Size must be between 0 and ${LARGEST_DOCUMENT}`,
  );
}
