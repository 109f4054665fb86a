import { type Engine } from '../engine.js';
import { CommandError } from '../errors.js';
import { documentRange, indexRange } from '../store/document-store.js';
import { type Table } from '../store/environment.js';
import { type CollectionDefinition, type IndexDefinition, namespaceOf } from '../store/index-definition.js';
import { type KeyRange } from '../store/table-ranges.js';
import { type Command, type CommandHandler, type Reply } from './command.js';
import { findCollection, namespaceOfCommand } from './namespaces.js';

interface Extent {
  readonly entries: number;
  /** Bytes of the values alone, and with their keys. */
  readonly values: number;
  readonly stored: number;
}

/** Walks a stretch: sizes are asked for by people, so nothing is kept up to date for them at every write. */
function measure(table: Table, range: KeyRange): Extent {
  let entries = 0;
  let values = 0;
  let stored = 0;
  for (const { key, value } of table.getRange({ start: range.start, end: range.end })) {
    entries += 1;
    values += value.length;
    stored += key.length + value.length;
  }
  return { entries, values, stored };
}

function documentsOf(engine: Engine, collection: CollectionDefinition): Extent {
  return measure(engine.environment.documents, documentRange(collection));
}

/** The index of the `_id` is the table of documents itself, so it takes nothing of its own. */
function indexSize(engine: Engine, index: IndexDefinition): number {
  return index.number === 0 ? 0 : measure(engine.environment.indexes, indexRange(index)).stored;
}

/** Bytes of documents, indexes and their keys. */
export function storedBytes(engine: Engine, collection: CollectionDefinition): number {
  const indexes = collection.indexes.reduce((sum, index) => sum + indexSize(engine, index), 0);
  return documentsOf(engine, collection).stored + indexes;
}

function scaleOf(command: Command): number {
  const scale = command.arguments.count('scale') ?? 1;
  if (scale < 1) throw new CommandError('BadValue', 'scale has to be > 0');
  return scale;
}

export const dbStats: CommandHandler = (command, engine): Reply => {
  command.arguments.allow('scale', 'freeStorage');
  const scale = scaleOf(command);
  const collections = engine.catalog.in(command.database);
  const extents = collections.map((collection) => documentsOf(engine, collection));
  const objects = extents.reduce((sum, { entries }) => sum + entries, 0);
  const dataSize = extents.reduce((sum, { values }) => sum + values, 0);
  const storageSize = extents.reduce((sum, { stored }) => sum + stored, 0);
  const indexes = collections.flatMap((collection) => collection.indexes);
  const indexBytes = indexes.reduce((sum, index) => sum + indexSize(engine, index), 0);
  const { space } = engine.environment;
  const total = space.totalBytes();
  return {
    db: command.database,
    collections: collections.length,
    views: 0,
    objects,
    avgObjSize: objects === 0 ? 0 : dataSize / objects,
    dataSize: dataSize / scale,
    storageSize: storageSize / scale,
    indexes: indexes.length,
    indexSize: indexBytes / scale,
    totalSize: (storageSize + indexBytes) / scale,
    scaleFactor: scale,
    fsUsedSize: (total - space.freeBytes()) / scale,
    fsTotalSize: total / scale,
  };
};

export const collStats: CommandHandler = (command, engine): Reply => {
  command.arguments.allow('scale');
  const scale = scaleOf(command);
  const namespace = namespaceOfCommand(command);
  const collection = findCollection(engine, command);
  const extent =
    collection === undefined ? { entries: 0, values: 0, stored: 0 } : documentsOf(engine, collection);
  const sizes = (collection?.indexes ?? []).map(
    (index) => [index.name, indexSize(engine, index) / scale] as const,
  );
  const indexBytes = sizes.reduce((sum, [, size]) => sum + size, 0);
  return {
    ns: collection === undefined ? namespace : namespaceOf(collection),
    size: extent.values / scale,
    count: extent.entries,
    ...(extent.entries === 0 ? {} : { avgObjSize: Math.floor(extent.values / extent.entries) }),
    numOrphanDocs: 0,
    storageSize: extent.stored / scale,
    totalIndexSize: indexBytes,
    totalSize: extent.stored / scale + indexBytes,
    indexSizes: Object.fromEntries(sizes),
    capped: false,
    nindexes: sizes.length,
    scaleFactor: scale,
  };
};
