import {
  documentName,
  type DocumentKey,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';

const capacity = 2000;

/**
 * The documents that a lane wrote last, so that it need not load them again. A lane applies every event of its
 * documents in order, so what it wrote is what there is, or what another runner of the same lane wrote alike.
 */
export class RecentDocuments {
  private readonly documents = new Map<string, StoredDocument>();

  /** The documents of some keys, those that are not at hand from `load`. */
  async obtain(
    keys: readonly DocumentKey[],
    load: (missing: readonly DocumentKey[]) => Promise<readonly StoredDocument[]>,
  ): Promise<ReadonlyMap<string, StoredDocument>> {
    const missing = new Map<string, DocumentKey>();
    const found = new Map<string, StoredDocument>();
    for (const key of keys) {
      const id = documentName(key);
      const document = this.documents.get(id);
      if (document) found.set(id, document);
      else missing.set(id, key);
    }
    if (missing.size > 0)
      for (const document of await load([...missing.values()])) found.set(documentName(document), document);
    return found;
  }

  /** Takes over what was just written, and lets the oldest go. */
  keep(written: ReadonlyMap<string, StoredDocument>): void {
    for (const [id, document] of written) {
      this.documents.delete(id);
      this.documents.set(id, document);
    }
    for (const id of this.documents.keys()) {
      if (this.documents.size <= capacity) return;
      this.documents.delete(id);
    }
  }
}
