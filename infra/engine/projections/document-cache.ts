import {
  documentName,
  type DocumentKey,
  type ReadModelStore,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { jsonWeight } from '../../system/json-weight.js';
import { SeenNames } from './seen-names.js';

interface Cached {
  document: StoredDocument;
  weight: number;
  isDirty: boolean;
  /** It is not in the store yet, as far as we know. */
  isNew: boolean;
}

/** What an entry takes beside its document. */
const entryWeight = 256;
const bulkDocuments = 1000;
const bulkWeight = 4 * 1024 * 1024;
const loadAtOnce = 1000;

/**
 * Documents of a build that is being filled, held in memory and written when there are too many of them. What the
 * store cannot have is not asked for: a build that began empty holds only what was written through here.
 */
export class DocumentCache {
  private readonly cached = new Map<string, Cached>();
  private weight = 0;
  private readonly written: SeenNames | undefined;

  constructor(
    private readonly projection: AnyProjection,
    private readonly store: ReadModelStore,
    private readonly maximumWeight: number,
    beganEmpty: boolean,
  ) {
    this.written = beganEmpty ? new SeenNames() : undefined;
  }

  get isFull(): boolean {
    return this.weight > this.maximumWeight;
  }

  /** Has the documents of some keys at hand, as far as there are any. */
  async obtain(keys: readonly DocumentKey[]): Promise<void> {
    const missing = new Map<string, DocumentKey>();
    for (const key of keys) {
      const name = documentName(key);
      if (!this.cached.has(name) && (this.written?.mayHave(name) ?? true)) missing.set(name, key);
    }
    const wanted = [...missing.values()];
    for (let from = 0; from < wanted.length; from += loadAtOnce)
      for (const document of await this.store.load(this.projection, wanted.slice(from, from + loadAtOnce)))
        this.put(documentName(document), { document, weight: 0, isDirty: false, isNew: false });
  }

  get(name: string): StoredDocument | undefined {
    return this.cached.get(name)?.document;
  }

  set(name: string, document: StoredDocument): void {
    const before = this.cached.get(name);
    const isNew = before?.isNew ?? !(this.written?.mayHave(name) ?? true);
    this.put(name, { document, weight: 0, isDirty: true, isNew });
  }

  /**
   * Writes everything that is not written yet.
   *
   * @returns false when a document bears another mark by now: somebody else feeds this build already
   */
  async flush(): Promise<boolean> {
    let isOurs = true;
    for (const isNew of [true, false])
      for (const bulk of this.bulks(isNew)) {
        const documents = bulk.map(({ document }) => document);
        const refused = await this.store.write(this.projection, documents, isNew ? 'new' : 'any');
        if (refused.length > 0) isOurs = false;
        for (const entry of bulk) {
          if (isNew) this.written?.add(documentName(entry.document));
          entry.isDirty = false;
          entry.isNew = false;
        }
      }
    return isOurs;
  }

  /** Lets the oldest half go; everything must be written. */
  shrink(): void {
    for (const [name, { weight }] of this.cached) {
      if (this.weight <= this.maximumWeight / 2) return;
      this.cached.delete(name);
      this.weight -= weight;
    }
  }

  private put(name: string, entry: Cached): void {
    const before = this.cached.get(name);
    entry.weight = entryWeight + jsonWeight(entry.document.document);
    this.weight += entry.weight - (before?.weight ?? 0);
    this.cached.set(name, entry);
  }

  private *bulks(isNew: boolean): Iterable<readonly Cached[]> {
    let bulk: Cached[] = [];
    let weight = 0;
    for (const entry of this.cached.values()) {
      if (!entry.isDirty || entry.isNew !== isNew) continue;
      if (bulk.length > 0 && (bulk.length >= bulkDocuments || weight + entry.weight > bulkWeight)) {
        yield bulk;
        bulk = [];
        weight = 0;
      }
      bulk.push(entry);
      weight += entry.weight;
    }
    if (bulk.length > 0) yield bulk;
  }
}
