import type { JsonObject } from '../../../../domain/kernel/json.js';
import type { WorkspaceId } from '../../../../domain/kernel/names.js';
import type { ReadModelPointer } from '../../../../domain/kernel/ports/read-model-pointers.js';
import type {
  Checkpoint,
  DocumentKey,
  OnUnreadable,
  Page,
  PageRequest,
  ReadModelStore,
  ReadModelVersion,
  StoredDocument,
  UnkeyedEvent,
} from '../../../../domain/kernel/ports/read-model-store.js';

/** A store as one process sees it; what goes wrong between the two is for those that extend it. */
export class WrappedStore implements ReadModelStore {
  constructor(protected readonly inner: ReadModelStore) {}

  prepare(model: ReadModelVersion): Promise<void> {
    return this.inner.prepare(model);
  }

  remove(model: ReadModelVersion): Promise<void> {
    return this.inner.remove(model);
  }

  refusal(document: JsonObject): string | undefined {
    return this.inner.refusal(document);
  }

  load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return this.inner.load(model, keys);
  }

  write(
    model: ReadModelVersion,
    documents: readonly StoredDocument[],
    expected?: 'new' | 'any',
  ): Promise<readonly DocumentKey[]> {
    return this.inner.write(model, documents, expected);
  }

  replace(
    model: ReadModelVersion,
    before: StoredDocument | undefined,
    after: StoredDocument,
  ): Promise<boolean> {
    return this.inner.replace(model, before, after);
  }

  parkUnkeyed(model: ReadModelVersion, event: UnkeyedEvent): Promise<void> {
    return this.inner.parkUnkeyed(model, event);
  }

  settleUnkeyed(
    model: ReadModelVersion,
    event: UnkeyedEvent,
    outcome: 'applied' | { readonly reason: string },
  ): Promise<void> {
    return this.inner.settleUnkeyed(model, event, outcome);
  }

  unkeyed(model: ReadModelVersion): Promise<readonly UnkeyedEvent[]> {
    return this.inner.unkeyed(model);
  }

  parked(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.inner.parked(model);
  }

  checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]> {
    return this.inner.checkpoints(model);
  }

  saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<boolean> {
    return this.inner.saveCheckpoint(model, checkpoint);
  }

  fence(
    model: ReadModelVersion,
    lane: Required<Pick<Checkpoint, 'lane' | 'lanes' | 'token'>>,
  ): Promise<boolean> {
    return this.inner.fence(model, lane);
  }

  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return this.inner.get(model, key);
  }

  page(model: ReadModelVersion, workspace: WorkspaceId, request: PageRequest): Promise<Page<StoredDocument>> {
    return this.inner.page(model, workspace, request);
  }

  all(model: ReadModelVersion, onUnreadable?: OnUnreadable): AsyncIterable<StoredDocument> {
    return this.inner.all(model, onUnreadable);
  }

  live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.inner.live(model);
  }

  due(model: ReadModelVersion, atMost: string, limit: number): Promise<readonly StoredDocument[]> {
    return this.inner.due(model, atMost, limit);
  }

  pointers(): Promise<readonly ReadModelPointer[]> {
    return this.inner.pointers();
  }

  pointer(name: string): Promise<ReadModelPointer | undefined> {
    return this.inner.pointer(name);
  }

  replacePointer(after: ReadModelPointer): Promise<boolean> {
    return this.inner.replacePointer(after);
  }
}
