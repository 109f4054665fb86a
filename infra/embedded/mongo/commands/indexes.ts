import { itemsOf } from '../bson/elements.js';
import { encodeNode, openDocument } from '../bson/node.js';
import { BsonType, BsonValue } from '../bson/value.js';
import { CommandError } from '../errors.js';
import { patternOf } from '../store/duplicate-key.js';
import { type CollectionDefinition, ID_INDEX_NAME, type IndexDefinition } from '../store/index-definition.js';
import { type CommandHandler } from './command.js';
import { cannotCoexist, parseIndex, sameOptions } from './index-specification.js';
import {
  collectionForWriting,
  existingCollection,
  findByPattern,
  findCollection,
  namespaceOfCommand,
} from './namespaces.js';
import { cursorReply } from './replies.js';
import { runWrite } from './write-command.js';

export const createIndexes: CommandHandler = (command, engine) => {
  const args = command.arguments.allow('indexes', 'commitQuorum', 'ignoreUnknownIndexOptions');
  const specifications = itemsOf(args.array('indexes')).map(parseIndex);
  if (specifications.length === 0)
    throw new CommandError('BadValue', 'Must specify at least one index to create');
  namespaceOfCommand(command);
  return runWrite(command, engine, () => {
    const created = findCollection(engine, command) === undefined;
    const collection = collectionForWriting(engine, command);
    const before = collection.indexes.length;
    // All or none: a unique index that cannot be must not leave its elder siblings behind.
    const fresh: IndexDefinition[] = [];
    try {
      for (const specification of specifications) {
        if (isPresent([...collection.indexes, ...fresh], specification)) continue;
        const index = { ...specification, number: engine.catalog.nextNumber() };
        fresh.push(index);
        engine.documents.buildIndex(collection, index);
      }
    } catch (error) {
      for (const index of fresh) engine.documents.clearIndex(index);
      if (created) engine.catalog.remove(collection);
      throw error;
    }
    engine.catalog.save({ ...collection, indexes: [...collection.indexes, ...fresh] });
    return {
      numIndexesBefore: before,
      numIndexesAfter: before + fresh.length,
      createdCollectionAutomatically: created,
      ...(fresh.length === 0 ? { note: 'all indexes already exist' } : {}),
    };
  });
};

/** An index that is there already is no error; the same name or the same key with other options is. */
function isPresent(indexes: readonly IndexDefinition[], wanted: IndexDefinition): boolean {
  for (const index of indexes) {
    const samePattern = JSON.stringify(index.fields) === JSON.stringify(wanted.fields);
    if (samePattern && index.number === 0) return true;
    if (index.name === wanted.name) {
      if (samePattern && sameOptions(index, wanted)) return true;
      throw new CommandError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${wanted.name}, existing index: ${index.name}`,
      );
    }
    if (samePattern && cannotCoexist(index, wanted)) {
      throw new CommandError(
        'IndexOptionsConflict',
        `Index already exists with a different name: ${index.name}`,
      );
    }
  }
  return false;
}

function described(index: IndexDefinition): Buffer {
  const fields = openDocument(
    BsonValue.from({
      v: 2,
      key: patternOf(index),
      name: index.name,
      ...(index.unique && index.number !== 0 ? { unique: true } : {}),
      ...(index.sparse ? { sparse: true } : {}),
    }),
  );
  if (index.partialFilter !== undefined) {
    const filter = BsonValue.document(Buffer.from(index.partialFilter, 'base64'));
    fields.fields.set('partialFilterExpression', filter);
  }
  return encodeNode(fields);
}

export const listIndexes: CommandHandler = (command, engine) => {
  command.arguments.allow('cursor', 'includeBuildUUIDs', 'includeIndexBuildInfo');
  const collection = findCollection(engine, command);
  if (collection === undefined) {
    throw new CommandError('NamespaceNotFound', `ns does not exist: ${namespaceOfCommand(command)}`);
  }
  return cursorReply('firstBatch', namespaceOfCommand(command), 0n, collection.indexes.map(described));
};

export const dropIndexes: CommandHandler = (command, engine) => {
  const wanted = command.arguments.allow('index').required('index');
  return runWrite(command, engine, () => {
    const collection = existingCollection(engine, command);
    const before = collection.indexes.length;
    const dropped = droppedBy(collection, wanted);
    for (const index of dropped) engine.documents.clearIndex(index);
    engine.catalog.save({
      ...collection,
      indexes: collection.indexes.filter((index) => !dropped.includes(index)),
    });
    const all = wanted.type === BsonType.string && wanted.text() === '*';
    return { nIndexesWas: before, ...(all ? { msg: 'non-_id indexes dropped for collection' } : {}) };
  });
};

function droppedBy(collection: CollectionDefinition, wanted: BsonValue): IndexDefinition[] {
  if (wanted.type === BsonType.string && wanted.text() === '*') {
    return collection.indexes.filter(({ number }) => number !== 0);
  }
  const names = wanted.isArray ? itemsOf(wanted) : [wanted];
  return names.map((name) => {
    const index = name.isDocument
      ? findByPattern(collection, name)
      : collection.indexes.find(
          (candidate) => name.type === BsonType.string && candidate.name === name.text(),
        );
    if (index === undefined) {
      const shown =
        name.type === BsonType.string
          ? `index not found with name [${name.text()}]`
          : "can't find index with key";
      throw new CommandError('IndexNotFound', shown);
    }
    if (index.name === ID_INDEX_NAME) throw new CommandError('InvalidOptions', 'cannot drop _id index');
    return index;
  });
}
