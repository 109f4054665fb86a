import { mkdirSync } from 'node:fs';
import { type Database, open, type RootDatabase } from 'lmdb';
import { DiskSpace } from './disk-space.js';

export const FORMAT_VERSION = 1;

/** The store was written by a newer version of this node. */
export class UnsupportedFormatError extends Error {
  /** Whoever starts the node shows the words of errors with a code, and no stack. */
  readonly code = 'NEWER_FORMAT';

  constructor(found: number) {
    super(
      `the MongoDB store has format version ${found}; this version of Axion reads up to ${FORMAT_VERSION}: use the newer version that wrote it`,
    );
    this.name = 'UnsupportedFormatError';
  }
}

/** Keys and values are bytes; a read value is a copy of its own, safe to keep. */
export type Table = Database<Buffer, Buffer>;

export interface Environment {
  readonly root: RootDatabase<Buffer, Buffer>;
  /** collection number + `_id` key → the document's BSON */
  readonly documents: Table;
  /** index number + field keys (+ document key unless unique) → document key */
  readonly indexes: Table;
  /** format version, counters and collection definitions */
  readonly catalog: Table;
  /** session id → the last retryable write and its answer */
  readonly retries: Table;
  /** Told of every entry that is written, so that a full disk is met before it is full. */
  readonly space: DiskSpace;
}

const TABLE_OPTIONS = { keyEncoding: 'binary', encoding: 'binary' } as const;
const FORMAT_KEY = Buffer.from('format');

/** After some failed writes LMDB shuts the environment, and then every table looks empty. */
export function isReadable({ root, catalog }: Environment): boolean {
  try {
    root.resetReadTxn();
    return catalog.get(FORMAT_KEY) !== undefined;
  } catch {
    return false;
  }
}

export async function openEnvironment(directory: string): Promise<Environment> {
  mkdirSync(directory, { recursive: true });
  const root = open<Buffer, Buffer>({
    path: directory,
    noSubdir: false,
    maxDbs: 8,
    // Off, so that a commit's promise means "on disk" and nobody reads what is not.
    overlappingSync: false,
    eventTurnBatching: false,
    ...TABLE_OPTIONS,
  });
  const catalog = root.openDB<Buffer, Buffer>('catalog', TABLE_OPTIONS);
  const found = catalog.get(FORMAT_KEY);
  const version = found?.readUInt32BE(0) ?? FORMAT_VERSION;
  if (version > FORMAT_VERSION) {
    await root.close();
    throw new UnsupportedFormatError(version);
  }
  const environment: Environment = {
    root,
    catalog,
    documents: root.openDB<Buffer, Buffer>('documents', TABLE_OPTIONS),
    indexes: root.openDB<Buffer, Buffer>('indexes', TABLE_OPTIONS),
    retries: root.openDB<Buffer, Buffer>('retries', TABLE_OPTIONS),
    space: new DiskSpace(directory),
  };
  if (found === undefined) {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(FORMAT_VERSION);
    await catalog.put(FORMAT_KEY, bytes);
  }
  return environment;
}
