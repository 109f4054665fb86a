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

/** The port's contract without a server: for specifications and simulations. */
export class InMemoryReadModelStore implements ReadModelStore {
  private readonly collections = new Map<string, Map<string, StoredDocument>>();
  private readonly saved = new Map<string, Map<string, Checkpoint>>();

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return Promise.resolve(keys.flatMap((key) => this.documents(model).get(documentName(key)) ?? []));
  }

  write(model: ReadModelVersion, documents: readonly StoredDocument[]): Promise<void> {
    for (const document of documents) {
      const stored = this.documents(model).get(documentName(document));
      if (!stored || stored.position < document.position)
        this.documents(model).set(documentName(document), structuredClone(document));
    }
    return Promise.resolve();
  }

  checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]> {
    return Promise.resolve([...this.checkpointsOf(model).values()]);
  }

  saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<void> {
    const id = `${checkpoint.lanes}/${checkpoint.lane}`;
    const saved = this.checkpointsOf(model).get(id);
    if (!saved || saved.position < checkpoint.position) this.checkpointsOf(model).set(id, checkpoint);
    return Promise.resolve();
  }

  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return Promise.resolve(this.documents(model).get(documentName(key)));
  }

  async page(
    model: ReadModelVersion,
    workspace: WorkspaceId,
    request: PageRequest,
  ): Promise<Page<StoredDocument>> {
    await Promise.resolve();
    const { limit, cursor, where = {} } = request;
    const after = cursor === undefined ? '' : decodeCursor(cursor);
    const matching = [...this.documents(model).values()]
      .filter(
        ({ document }) =>
          document && Object.entries(where).every(([field, value]) => document[field] === value),
      )
      .filter((stored) => stored.workspace === workspace && stored.id > after)
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    const items = matching.slice(0, limit);
    const last = items.at(-1);
    return matching.length > limit && last ? { items, next: encodeCursor(last.id) } : { items };
  }

  async *all(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    await Promise.resolve();
    yield* this.documents(model).values();
  }

  async *live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    for await (const stored of this.all(model)) if (stored.document) yield stored;
  }

  private documents({ name, version }: ReadModelVersion): Map<string, StoredDocument> {
    return obtain(this.collections, `${name}_v${version}`, () => new Map<string, StoredDocument>());
  }

  private checkpointsOf({ name, version }: ReadModelVersion): Map<string, Checkpoint> {
    return obtain(this.saved, `${name}_v${version}`, () => new Map<string, Checkpoint>());
  }
}

function obtain<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const existing = map.get(key);
  if (existing !== undefined) return existing;
  const made = make();
  map.set(key, made);
  return made;
}
