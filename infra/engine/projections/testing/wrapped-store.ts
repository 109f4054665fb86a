import type { WorkspaceId } from '../../../../domain/kernel/names.js';
import type {
  Checkpoint,
  DocumentKey,
  Page,
  PageRequest,
  ReadModelStore,
  ReadModelVersion,
  StoredDocument,
} from '../../../../domain/kernel/ports/read-model-store.js';

/** A store as one process sees it; what goes wrong between the two is for those that extend it. */
export class WrappedStore implements ReadModelStore {
  constructor(protected readonly inner: ReadModelStore) {}

  prepare(model: ReadModelVersion): Promise<void> {
    return this.inner.prepare(model);
  }

  load(model: ReadModelVersion, keys: readonly DocumentKey[]): Promise<readonly StoredDocument[]> {
    return this.inner.load(model, keys);
  }

  write(model: ReadModelVersion, documents: readonly StoredDocument[]): Promise<void> {
    return this.inner.write(model, documents);
  }

  checkpoints(model: ReadModelVersion): Promise<readonly Checkpoint[]> {
    return this.inner.checkpoints(model);
  }

  saveCheckpoint(model: ReadModelVersion, checkpoint: Checkpoint): Promise<void> {
    return this.inner.saveCheckpoint(model, checkpoint);
  }

  get(model: ReadModelVersion, key: DocumentKey): Promise<StoredDocument | undefined> {
    return this.inner.get(model, key);
  }

  page(model: ReadModelVersion, workspace: WorkspaceId, request: PageRequest): Promise<Page<StoredDocument>> {
    return this.inner.page(model, workspace, request);
  }

  all(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.inner.all(model);
  }

  live(model: ReadModelVersion): AsyncIterable<StoredDocument> {
    return this.inner.live(model);
  }
}
