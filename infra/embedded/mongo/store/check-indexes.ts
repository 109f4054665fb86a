import { BsonValue } from '../bson/value.js';
import { Catalog } from './catalog.js';
import { documentRange, entryKey, indexRange } from './document-store.js';
import { type Environment, openEnvironment } from './environment.js';
import { namespaceOf } from './index-definition.js';
import { indexKeysOf } from './index-keys.js';

export interface IndexCheck {
  readonly documents: number;
  readonly entries: number;
  /** What does not fit, in words; empty when every entry belongs to its document and every document has its entries. */
  readonly faults: readonly string[];
}

/** Compares every index entry with the documents, both ways. The node must not be running. */
export async function checkIndexes(directory: string): Promise<IndexCheck> {
  const environment = await openEnvironment(directory);
  try {
    return compare(environment);
  } finally {
    await environment.root.close();
  }
}

function compare(environment: Environment): IndexCheck {
  const faults: string[] = [];
  let documents = 0;
  let entries = 0;
  for (const collection of new Catalog(environment.catalog).all()) {
    const expected = new Map<string, string>();
    for (const { key, value } of environment.documents.getRange(documentRange(collection))) {
      documents += 1;
      for (const index of collection.indexes) {
        if (index.number === 0) continue;
        for (const entry of indexKeysOf(index, BsonValue.document(value)).entries) {
          expected.set(entryKey(index, entry.key, key).toString('hex'), key.toString('hex'));
        }
      }
    }
    for (const index of collection.indexes) {
      if (index.number === 0) continue;
      for (const { key, value } of environment.indexes.getRange(indexRange(index))) {
        entries += 1;
        const where = `${namespaceOf(collection)} ${index.name}`;
        const wanted = expected.get(key.toString('hex'));
        if (wanted === undefined) faults.push(`${where}: an entry without its document`);
        else if (wanted !== value.toString('hex')) faults.push(`${where}: an entry for another document`);
        expected.delete(key.toString('hex'));
      }
    }
    if (expected.size > 0) faults.push(`${namespaceOf(collection)}: ${expected.size} entries are missing`);
  }
  return { documents, entries, faults };
}
