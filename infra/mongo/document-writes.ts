import { Long, MongoBulkWriteError, type AnyBulkWriteOperation, type Collection, type Filter } from 'mongodb';
import { Unavailable, codeOf } from '../../domain/kernel/errors.js';
import {
  documentName,
  type DocumentKey,
  type StoredDocument,
  type UnkeyedEvent,
} from '../../domain/kernel/ports/read-model-store.js';
import { fromStored, toStored, type StoredFields } from './stored-document.js';

export const duplicateKey = 11000;
/** A read model is lost neither with the primary nor with the power (rule P4). */
export const durable = { w: 'majority', j: true } as const;

const bulk = { ordered: false, writeConcern: durable } as const;

/** Those of some documents that are probably not there yet; the others are written as ever. */
export async function insertDocuments(
  collection: Collection<StoredFields>,
  documents: readonly StoredDocument[],
): Promise<readonly DocumentKey[]> {
  try {
    await collection.insertMany(documents.map(toStored), bulk);
    return [];
  } catch (error) {
    return writeDocuments(collection, duplicatesAmong(error, documents));
  }
}

/** @returns those whose mark was moved (rule P3) */
export async function writeDocuments(
  collection: Collection<StoredFields>,
  documents: readonly StoredDocument[],
): Promise<readonly DocumentKey[]> {
  const operations = (
    some: readonly StoredDocument[],
    upsert: boolean,
  ): AnyBulkWriteOperation<StoredFields>[] =>
    some.map((document) => ({
      replaceOne: {
        filter: {
          _id: documentName(document),
          _position: { $lt: Long.fromBigInt(document.position) },
          ...markOf(document),
        },
        replacement: toStored(document),
        upsert,
      },
    }));
  try {
    await collection.bulkWrite(operations(documents, true), bulk);
    return [];
  } catch (error) {
    // The key is taken: by what we wanted to write, by an insert that was faster, or by a document whose mark was
    // moved. A plain update tells which: it changes an older document and leaves a newer one (rule P3).
    const refused = duplicatesAmong(error, documents);
    await collection.bulkWrite(operations(refused, false), bulk);
    return notApplied(collection, refused);
  }
}

/** @returns whether it was as `before` says */
export async function replaceDocument(
  collection: Collection<StoredFields>,
  before: StoredDocument | undefined,
  after: StoredDocument,
): Promise<boolean> {
  if (!before) return insertedOne(collection, toStored(after));
  const { matchedCount } = await collection.replaceOne(
    { _id: documentName(before), _position: Long.fromBigInt(before.position), ...markOf(before) },
    toStored(after),
    { writeConcern: durable },
  );
  return matchedCount === 1;
}

/** Its name lies outside of every workspace's documents: no id can take it. */
export function unkeyedName({ workspace, position }: Pick<UnkeyedEvent, 'workspace' | 'position'>): string {
  return `${workspace}!${position}`;
}

export async function insertUnkeyed(
  collection: Collection<StoredFields>,
  { workspace, position, ...rest }: UnkeyedEvent,
): Promise<void> {
  await insertedOne(collection, {
    _id: unkeyedName({ workspace, position }),
    _ws: workspace,
    _position: Long.fromBigInt(position),
    _hidden: true,
    _unkeyed: true,
    _parked: { ...rest, position: Long.fromBigInt(position), waiting: [] },
  });
}

async function insertedOne(collection: Collection<StoredFields>, fields: StoredFields): Promise<boolean> {
  try {
    await collection.insertOne(fields, { writeConcern: durable });
    return true;
  } catch (error) {
    if (codeOf(error) === duplicateKey) return false;
    throw error;
  }
}

function markOf({ mark }: StoredDocument): Filter<StoredFields> {
  return { _mark: mark ?? { $exists: false } };
}

async function notApplied(
  collection: Collection<StoredFields>,
  documents: readonly StoredDocument[],
): Promise<readonly DocumentKey[]> {
  const found = await collection.find({ _id: { $in: documents.map(documentName) } }).toArray();
  const stored = new Map(found.map(fromStored).map((one) => [documentName(one), one]));
  return documents.flatMap((document) => {
    const there = stored.get(documentName(document));
    if (there && there.position >= document.position) return [];
    if (there && there.mark !== document.mark) return [{ workspace: document.workspace, id: document.id }];
    throw new Unavailable(
      'read-model.not-written',
      `${documentName(document)} was not written; it is tried again`,
    );
  });
}

function duplicatesAmong(error: unknown, documents: readonly StoredDocument[]): readonly StoredDocument[] {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const failures = [error.writeErrors].flat();
  if (failures.length === 0 || failures.some(({ code }) => code !== duplicateKey)) throw error;
  return failures.flatMap(({ index }) => documents[index] ?? []);
}
