import {
  documentName,
  type DocumentKey,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import { jsonWeight } from '../../system/json-weight.js';

const capacity = 2000;
const maximumWeight = 4 * 1024 * 1024;

interface Recent {
  readonly document: StoredDocument;
  readonly weight: number;
}

/**
 * The documents that a lane wrote last, so that it need not load them again. A lane applies every event of its
 * documents in order, so what it wrote is what there is, or what another runner of the same lane wrote alike; where
 * it is not, since something was parked or unparked, the mark refuses the write.
 */
export class RecentDocuments {
  private readonly documents = new Map<string, Recent>();
  private weight = 0;

  /** The documents of some keys, those that are not at hand from `load`. */
  async obtain(
    keys: readonly DocumentKey[],
    load: (missing: readonly DocumentKey[]) => Promise<readonly StoredDocument[]>,
  ): Promise<ReadonlyMap<string, StoredDocument>> {
    const missing = new Map<string, DocumentKey>();
    const found = new Map<string, StoredDocument>();
    for (const key of keys) {
      const id = documentName(key);
      const recent = this.documents.get(id);
      if (recent) found.set(id, recent.document);
      else missing.set(id, key);
    }
    if (missing.size > 0)
      for (const document of await load([...missing.values()])) found.set(documentName(document), document);
    return found;
  }

  /** Takes over what was just written, and lets the oldest go. */
  keep(written: ReadonlyMap<string, StoredDocument>): void {
    for (const [id, document] of written) {
      this.forget(id);
      const weight = jsonWeight(document.document);
      this.documents.set(id, { document, weight });
      this.weight += weight;
    }
    for (const id of this.documents.keys()) {
      if (this.documents.size <= capacity && this.weight <= maximumWeight) return;
      this.forget(id);
    }
  }

  clear(): void {
    this.documents.clear();
    this.weight = 0;
  }

  /** What is stored is another by now. */
  forget(id: string): void {
    this.weight -= this.documents.get(id)?.weight ?? 0;
    this.documents.delete(id);
  }
}
