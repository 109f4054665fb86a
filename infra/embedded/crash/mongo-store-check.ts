import { deserialize } from 'bson';
import { idOf } from '../mongo/bson/elements.js';
import { BsonValue } from '../mongo/bson/value.js';
import { Catalog } from '../mongo/store/catalog.js';
import { checkIndexes } from '../mongo/store/check-indexes.js';
import { documentRange } from '../mongo/store/document-store.js';
import { openEnvironment } from '../mongo/store/environment.js';
import { namespaceOf } from '../mongo/store/index-definition.js';
import { documentKey } from '../mongo/store/index-keys.js';
import { LOAD_COLLECTION, LOAD_DATABASE, type LoadDocument } from './mongo-journal.js';

export interface MongoStoreCheck {
  readonly documents: ReadonlyMap<string, LoadDocument>;
  readonly contradictions: readonly string[];
}

/** Reads the documents of the load and compares every table with every other. The node must not be running. */
export async function checkMongoStore(directory: string): Promise<MongoStoreCheck> {
  const { faults } = await checkIndexes(directory);
  const contradictions = [...faults];
  const documents = new Map<string, LoadDocument>();
  const environment = await openEnvironment(directory);
  try {
    const collections = new Catalog(environment.catalog).all();
    const indexes = new Set(
      collections.flatMap((collection) => collection.indexes.map(({ number }) => number)),
    );
    const numbers = new Map(collections.map((collection) => [collection.number, collection]));
    for (const { key } of environment.documents.getRange({}))
      if (!numbers.has(key.readUInt32BE(0))) contradictions.push('a document of no collection');
    for (const { key } of environment.indexes.getRange({}))
      if (!indexes.has(key.readUInt32BE(0))) contradictions.push('an entry of no index');
    for (const collection of collections)
      for (const { key, value } of environment.documents.getRange(documentRange(collection))) {
        const id = idOf(BsonValue.document(value));
        if (id === undefined || !documentKey(collection.number, id).equals(key))
          contradictions.push(`${namespaceOf(collection)}: a document lies under another _id`);
        if (namespaceOf(collection) !== `${LOAD_DATABASE}.${LOAD_COLLECTION}`) continue;
        const document = deserialize(value) as LoadDocument;
        documents.set(document._id, document);
      }
  } finally {
    await environment.root.close();
  }
  return { documents, contradictions };
}
