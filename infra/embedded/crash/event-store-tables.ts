import { open } from 'lmdb';
import { type Head, TOMBSTONE_REVISION, decodeHead } from '../eventstore/store/head.js';
import { nameKey, readIndexKey, readPosition } from '../eventstore/store/keys.js';
import { LogRecord } from '../eventstore/store/record.js';
import { uuidFromBytes } from '../eventstore/wire/uuid.js';

/** The tables of an event store as they lie in the file, read without any code of the store. */
export interface EventStoreTables {
  /** In the order of the log, markers among them. */
  readonly records: readonly LogRecord[];
  /** `stream number/revision` → position */
  readonly index: ReadonlyMap<string, number>;
  /** `stream number/event id` → revision */
  readonly ids: ReadonlyMap<string, number>;
  headOf(stream: string): Head | undefined;
  readonly heads: readonly Head[];
}

const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** Reads a whole store. No node may have it open. */
export async function readEventStoreTables(directory: string): Promise<EventStoreTables> {
  const environment = open<Buffer, Buffer>({ path: directory, noSubdir: false, readOnly: true, ...BINARY });
  try {
    const entries = (name: string): Iterable<{ key: Buffer; value: Buffer }> =>
      environment.openDB<Buffer, Buffer>(name, BINARY).getRange({});
    const records = Array.from(entries('log'), ({ value }) => new LogRecord(value));
    const index = new Map<string, number>();
    for (const { key, value } of entries('index')) {
      const { stream, revision } = readIndexKey(key);
      index.set(`${stream}/${revision}`, readPosition(value));
    }
    const ids = new Map<string, number>();
    for (const { key, value } of entries('ids'))
      ids.set(`${key.readUInt32BE(0)}/${uuidFromBytes(key.subarray(4))}`, readPosition(value));
    const heads = new Map<string, Head>();
    for (const { key, value } of entries('heads')) heads.set(key.toString('latin1'), decodeHead(value));
    return {
      ...{ records, index, ids },
      headOf: (stream) => heads.get(nameKey(stream).toString('latin1')),
      heads: [...heads.values()],
    };
  } finally {
    await environment.close();
  }
}

/** Compares every table with every other, both ways. */
export function contradictionsIn(tables: EventStoreTables): string[] {
  const found: string[] = [];
  const placed = new Map<string, LogRecord>();
  const known = new Set<string>();
  let end: number | undefined;
  for (const record of tables.records) {
    const { position, bytes } = record;
    if (end !== undefined && position !== end) found.push(`the log has a hole before position ${position}`);
    end = position + bytes.length;
    if (!record.isEvent) continue;
    const { stream, streamNumber, revision, id } = record;
    const where = `${revision}@${stream}`;
    const place = `${streamNumber}/${revision}`;
    if (placed.has(place)) found.push(`${where} is in the log twice`);
    placed.set(place, record);
    known.add(`${streamNumber}/${id}`);
    const head = tables.headOf(stream);
    if (head?.number !== streamNumber) found.push(`${where} has no head`);
    else if (revision === TOMBSTONE_REVISION ? !head.tombstoned : revision > head.last)
      found.push(`${where} is behind its head, which ends at ${head.last}`);
    if (tables.index.get(place) !== position) found.push(`${where} is not in the index`);
    if (!tables.ids.has(`${streamNumber}/${id}`)) found.push(`${where} has no id`);
  }
  for (const [place, position] of tables.index)
    if (placed.get(place)?.position !== position) found.push(`the index names ${place}, the log does not`);
  for (const [name, revision] of tables.ids) {
    const [number = ''] = name.split('/');
    if (!known.has(name)) found.push(`the ids name ${name}, the log does not`);
    else if (!placed.has(`${number}/${revision}`)) found.push(`the id ${name} leads to no event`);
  }
  const numbers = new Set(tables.heads.map(({ number }) => number));
  if (numbers.size !== tables.heads.length) found.push('two streams share a number');
  for (const { number, last, tombstoned } of tables.heads) {
    for (let revision = 0; revision <= last; revision++)
      if (!placed.has(`${number}/${revision}`)) found.push(`stream ${number} has no revision ${revision}`);
    if (tombstoned !== placed.has(`${number}/${TOMBSTONE_REVISION}`))
      found.push(`stream ${number} and its tombstone disagree`);
  }
  return found;
}
