import { statSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { type Database, type RootDatabase, open } from 'lmdb';
import { DEFAULT_LIMITS } from '../limits.js';
import { requireFormat } from './format-version.js';
import { type Head, TOMBSTONE_REVISION, decodeHead } from './head.js';
import { idKey, indexKey, nameKey, positionKey, readIndexKey, readPosition } from './keys.js';
import { LogRecord } from './record.js';

type Table = Database<Buffer, Buffer>;

/** Everything one transaction puts into the store. */
export interface Writes {
  readonly log: readonly { readonly key: Buffer; readonly value: Buffer }[];
  readonly index: readonly { readonly key: Buffer; readonly value: Buffer }[];
  readonly ids: readonly { readonly key: Buffer; readonly value: Buffer }[];
  readonly heads: readonly { readonly key: Buffer; readonly value: Buffer }[];
}

/** A stretch of the log or of one stream, walked from `from` (inclusive) until `until` (exclusive). */
export interface Stretch {
  readonly from: number;
  readonly until: number;
  readonly limit: number;
  readonly backwards?: boolean;
}

/** A read stops gathering a page at this many bytes, so that large events do not fill the memory. */
const PAGE_BYTES = 1024 * 1024;
const MAP_SIZE = 2 ** 32;

/** How much the file may grow for each byte of the log, with indexes, whole pages and copies of changed ones. */
const GROWTH = 4;

/** The disk has too little room left for the transaction; nothing was tried. */
export class DiskFull extends Error {
  override readonly name = 'DiskFull';

  constructor(readonly free: number) {
    super(`no space left on the device of the event store: ${free} bytes are free`);
  }
}

/**
 * The tables of one node in one LMDB environment:
 * `log` position → record, `index` stream and revision → position, `ids` stream and event id → revision,
 * `heads` name → where the stream ends.
 */
export class Store {
  private readonly environment: RootDatabase<Buffer, Buffer>;
  private readonly log: Table;
  private readonly index: Table;
  private readonly ids: Table;
  private readonly heads: Table;
  readonly isNew: boolean;

  constructor(
    private readonly directory: string,
    /** LMDB does not come through a failed write unharmed, so a full disk is met before it is full. */
    private readonly reservedBytes = DEFAULT_LIMITS.reservedDiskBytes,
  ) {
    // Without overlapping sync a commit is visible, and its promise settled, only after it is on the disk.
    this.environment = open<Buffer, Buffer>(directory, {
      noSubdir: false,
      overlappingSync: false,
      mapSize: MAP_SIZE,
      encoding: 'binary',
      keyEncoding: 'binary',
      eventTurnBatching: false,
    });
    this.isNew = requireFormat(this.environment);
    this.log = this.table('log');
    this.index = this.table('index');
    this.ids = this.table('ids');
    this.heads = this.table('heads');
  }

  /** Resolves when every write is on the disk, or rejects when none is. */
  async commit(writes: Writes): Promise<void> {
    const bytes = writes.log.reduce((sum, { value }) => sum + value.length, 0);
    const free = this.freeBytes();
    if (free < this.reservedBytes + bytes * GROWTH) throw new DiskFull(free);
    await this.environment.batch(() => {
      // Inside the callback each put answers at once; only the promise of the batch means "committed".
      for (const { key, value } of writes.log) void this.log.put(key, value);
      for (const { key, value } of writes.index) void this.index.put(key, value);
      for (const { key, value } of writes.ids) void this.ids.put(key, value);
      for (const { key, value } of writes.heads) void this.heads.put(key, value);
    });
  }

  /** What the file system has left for this process. */
  freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.directory);
    return bavail * bsize;
  }

  /** Makes the reads that follow see the newest commit. */
  refresh(): void {
    this.environment.resetReadTxn();
  }

  head(name: string): Head | undefined {
    const bytes = this.heads.get(nameKey(name));
    return bytes && decodeHead(bytes);
  }

  countStreams(): number {
    return this.heads.getKeysCount();
  }

  countEvents(): number {
    return this.index.getKeysCount();
  }

  /** How large the file of the store is. */
  fileBytes(): number {
    return statSync(join(this.directory, 'data.mdb')).size;
  }

  record(position: number): LogRecord | undefined {
    const bytes = this.log.get(positionKey(position));
    return bytes && new LogRecord(bytes);
  }

  /** After some failed writes LMDB shuts the environment, and then every table looks empty. */
  isReadable(): boolean {
    try {
      this.refresh();
      return this.lastRecord() !== undefined;
    } catch {
      return false;
    }
  }

  lastRecord(): LogRecord | undefined {
    for (const { value } of this.log.getRange({ reverse: true, limit: 1 })) return new LogRecord(value);
    return undefined;
  }

  positionOf(stream: number, revision: number): number | undefined {
    if (revision < 0) return undefined;
    const bytes = this.index.get(indexKey(stream, revision));
    return bytes && readPosition(bytes);
  }

  revisionOf(stream: number, id: string): number | undefined {
    const bytes = this.ids.get(idKey(stream, id));
    return bytes && readPosition(bytes);
  }

  recordAt(stream: number, revision: number): LogRecord | undefined {
    const position = this.positionOf(stream, revision);
    return position === undefined ? undefined : this.record(position);
  }

  /** A page of the log; markers are among it. */
  readLog({ from, until, limit, backwards = false }: Stretch): LogRecord[] {
    const page: LogRecord[] = [];
    let size = 0;
    const range = { start: positionKey(from), end: positionKey(until), limit, reverse: backwards };
    for (const { value } of this.log.getRange(range)) {
      page.push(new LogRecord(value));
      size += value.length;
      if (size >= PAGE_BYTES) break;
    }
    return page;
  }

  /** A page of one stream, by revision. */
  readStream(stream: number, { from, until, limit, backwards = false }: Stretch): LogRecord[] {
    const page: LogRecord[] = [];
    let size = 0;
    const end = until < 0 ? beforeAll(stream) : indexKey(stream, until);
    const range = { start: indexKey(stream, from), end, limit, reverse: backwards };
    for (const { value } of this.index.getRange(range)) {
      const record = this.record(readPosition(value));
      if (!record) throw new Error(`stream ${stream} names a record that is not in the log`);
      page.push(record);
      size += record.bytes.length;
      if (size >= PAGE_BYTES) break;
    }
    return page;
  }

  /** Heads in the order of their keys, from one key on. */
  *headsFrom(start: Buffer): Generator<{ readonly key: Buffer; readonly head: Head }> {
    for (const { key, value } of this.heads.getRange({ start })) yield { key, head: decodeHead(value) };
  }

  /** Every stream that has a head; for checks only. */
  *allHeads(): Generator<Head> {
    for (const { value } of this.heads.getRange()) yield decodeHead(value);
  }

  /** The highest revision the index has of a stream. */
  lastIndexed(stream: number): number | undefined {
    const range = {
      start: indexKey(stream, TOMBSTONE_REVISION),
      end: beforeAll(stream),
      reverse: true,
      limit: 1,
    };
    for (const { key } of this.index.getRange(range)) return readIndexKey(key).revision;
    return undefined;
  }

  async close(): Promise<void> {
    await this.environment.close();
  }

  private table(name: string): Table {
    return this.environment.openDB<Buffer, Buffer>(name, { encoding: 'binary', keyEncoding: 'binary' });
  }
}

/** A key below every revision of a stream and above those of the stream before it. */
function beforeAll(stream: number): Buffer {
  return indexKey(stream, 0).subarray(0, 4);
}
