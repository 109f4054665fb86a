import { randomUUID } from 'node:crypto';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jsonEvent } from '@eventstore/db-client';
import { type Database, open } from 'lmdb';
import { MongoClient } from 'mongodb';
import { temporaryDirectory, startTestNode } from '../eventstore/testing.js';
import { decodeHead, encodeHead } from '../eventstore/store/head.js';
import { idKey, indexKey, nameKey, positionKey } from '../eventstore/store/keys.js';
import { startMongoNode } from '../mongo/node.js';
import { checkEventStore } from './event-store-check.js';
import type { EventStoreAcknowledgement } from './event-store-journal.js';
import { compareDocuments } from './mongo-check.js';
import { LOAD_COLLECTION, LOAD_DATABASE, type LoadDocument } from './mongo-journal.js';
import { checkMongoStore } from './mongo-store-check.js';

/** The checks after a kill are only worth what they find, so here stores are damaged on purpose. */

type Table = Database<Buffer, Buffer>;

const BINARY = { encoding: 'binary', keyEncoding: 'binary' } as const;

/** A copy of a store, changed by hand. */
async function damaged(
  original: string,
  damage: (table: (name: string) => Table) => Promise<unknown>,
): Promise<string> {
  const directory = join(temporaryDirectory(), 'store');
  copies.push(directory);
  cpSync(original, directory, { recursive: true });
  const environment = open<Buffer, Buffer>({
    path: directory,
    noSubdir: false,
    overlappingSync: false,
    ...BINARY,
  });
  await damage((name) => environment.openDB(name, BINARY));
  await environment.close();
  return directory;
}

const copies: string[] = [];
let original: string;
beforeEach(() => {
  original = temporaryDirectory();
});
afterEach(() => {
  for (const directory of [original, ...copies.splice(0)])
    rmSync(directory, { recursive: true, force: true });
});

describe('a damaged event store', () => {
  const stream = 'load-damaged';
  let acknowledged: EventStoreAcknowledgement[];
  let ids: string[];
  let positions: number[];
  /** The number of the stream. */
  let number: number;

  beforeEach(async () => {
    const server = await startTestNode({ directory: original });
    acknowledged = [];
    ids = [];
    for (const count of [1, 2]) {
      const append = randomUUID();
      const events = Array.from({ length: count }, (_, index) =>
        jsonEvent({ id: randomUUID(), type: 'Loaded', data: { append, index, count } }),
      );
      const { nextExpectedRevision, position } = await server.client.appendToStream(stream, events);
      const last = Number(nextExpectedRevision);
      acknowledged.push({
        ...{ kind: 'append', stream, ids: events.map(({ id }) => id), last },
        position: String(position!.commit),
      });
      ids.push(...events.map(({ id }) => id));
    }
    positions = [];
    for await (const { event } of server.client.readStream(stream))
      positions.push(Number(event!.position!.commit));
    await server.stop();
    await damaged(original, (table) => {
      number = decodeHead(table('heads').get(nameKey(stream))!).number;
      return Promise.resolve();
    });
  });

  /** Takes the last event out of every table, as if it had never been appended. */
  async function withoutLast(table: (name: string) => Table): Promise<void> {
    const heads = table('heads');
    const head = decodeHead(heads.get(nameKey(stream))!);
    await heads.put(nameKey(stream), encodeHead({ ...head, last: 1 }));
    await table('index').remove(indexKey(number, 2));
    await table('ids').remove(idKey(number, ids[2]!));
    await table('log').remove(positionKey(positions[2]!));
  }

  test('was whole before', async () => {
    expect(await checkEventStore(original, acknowledged)).toEqual({ lost: [], torn: [] });
  });

  test.each<[string, (table: (name: string) => Table) => Promise<unknown>, RegExp]>([
    [
      'an index entry',
      (table) => table('index').remove(indexKey(number, 1)),
      /1@load-damaged is not in the index/,
    ],
    ['a head', (table) => table('heads').remove(nameKey(stream)), /0@load-damaged has no head/],
    ['an id', (table) => table('ids').remove(idKey(number, ids[1]!)), /1@load-damaged has no id/],
    ['a record', (table) => table('log').remove(positionKey(positions[1]!)), /the log has a hole/],
  ])('that misses %s contradicts itself', async (_what, damage, words) => {
    const { torn } = await checkEventStore(await damaged(original, damage), acknowledged);
    expect(torn.join('; ')).toMatch(words);
  });

  test.each<[string, (table: (name: string) => Table) => Promise<unknown>, RegExp]>([
    [
      'an index entry',
      (table) => table('index').put(indexKey(number, 3), positionKey(64)),
      /the index names/,
    ],
    ['an id', (table) => table('ids').put(idKey(number, randomUUID()), positionKey(0)), /the ids name/],
    [
      'a head of a longer stream',
      async (table) => {
        const head = decodeHead(table('heads').get(nameKey(stream))!);
        await table('heads').put(nameKey(stream), encodeHead({ ...head, last: 3 }));
      },
      /has no revision 3/,
    ],
  ])('that has %s too many contradicts itself', async (_what, damage, words) => {
    const { torn } = await checkEventStore(await damaged(original, damage), acknowledged);
    expect(torn.join('; ')).toMatch(words);
  });

  test('with half of an append is torn, even where nobody was promised it', async () => {
    const directory = await damaged(original, withoutLast);
    expect(await checkEventStore(directory, acknowledged.slice(0, 1))).toEqual({
      lost: [],
      torn: ['of 2 events appended at 1@load-damaged there are 1'],
    });
  });

  test('without what was acknowledged has lost it', async () => {
    const { lost } = await checkEventStore(await damaged(original, withoutLast), acknowledged);
    expect(lost).toContain('2@load-damaged was acknowledged and is not there');
  });

  test('without an acknowledged deletion or tombstone has lost it', async () => {
    const promised = (['delete', 'tombstone'] as const).map((kind) => ({ kind, stream, position: '7' }));
    const { lost } = await checkEventStore(original, promised);
    expect(lost).toEqual([
      'the deletion of load-damaged was acknowledged and is not there',
      'the tombstone of load-damaged was acknowledged and is not there',
    ]);
  });
});

describe('a damaged document store', () => {
  const documents = ['a', 'b', 'c'].map((_id): LoadDocument => ({
    _id,
    serial: `${_id}#1`,
    group: 1,
    tags: ['x', 'y'],
    version: 0,
    padding: '',
  }));

  beforeEach(async () => {
    const node = await startMongoNode({ directory: original });
    const client = await MongoClient.connect(node.url);
    const things = client.db(LOAD_DATABASE).collection<LoadDocument>(LOAD_COLLECTION);
    await things.createIndexes([{ key: { serial: 1 }, unique: true }, { key: { tags: 1 } }]);
    await things.insertMany(documents);
    await client.close();
    await node.close();
  });

  test('was whole before', async () => {
    const { documents: stored, contradictions } = await checkMongoStore(original);
    expect([...stored.values()]).toEqual(documents);
    expect(contradictions).toEqual([]);
  });

  const firstKey = (table: Table): Buffer => [...table.getKeys({ limit: 1 })][0]!;

  test.each<[string, (table: (name: string) => Table) => Promise<unknown>, RegExp]>([
    [
      'misses an index entry',
      (table) => table('indexes').remove(firstKey(table('indexes'))),
      /1 entries are missing/,
    ],
    [
      'misses a document',
      (table) => table('documents').remove(firstKey(table('documents'))),
      /without its document/,
    ],
    [
      'has an entry that leads to another document',
      (table) => table('indexes').put(firstKey(table('indexes')), Buffer.from('elsewhere')),
      /an entry for another document/,
    ],
    [
      'has a document twice',
      (table) => {
        const key = firstKey(table('documents'));
        return table('documents').put(Buffer.concat([key, key]), table('documents').get(key)!);
      },
      /lies under another _id/,
    ],
    [
      'has an entry of no index',
      (table) => table('indexes').put(Buffer.alloc(9, 9), Buffer.alloc(4)),
      /of no index/,
    ],
    [
      'has a document of no collection',
      (table) => table('documents').put(Buffer.alloc(9, 9), Buffer.alloc(5)),
      /of no/,
    ],
  ])('that %s contradicts itself', async (_what, damage, words) => {
    const { contradictions } = await checkMongoStore(await damaged(original, damage));
    expect(contradictions.join('; ')).toMatch(words);
  });

  describe('compared with what was acknowledged', () => {
    const [a, b] = documents as [LoadDocument, LoadDocument];
    const stored = new Map([['a', a]]);

    test('has lost a document that is not there, and one that is as it was before', () => {
      const acknowledged = [{ changes: { a: { ...a, version: 1 }, b } }];
      expect(compareDocuments(stored, acknowledged, []).lost).toMatchObject(
        [/^a was acknowledged as .*"version":1/, /^b was acknowledged .* is absent/].map(
          (words) => expect.stringMatching(words) as unknown,
        ),
      );
    });

    test('is torn by half of a write, and by what was refused', () => {
      expect(compareDocuments(stored, [], [{ a, b }]).torn).toEqual([
        'half of a write of 2 documents is there: a,b',
      ]);
      expect(compareDocuments(stored, [], []).torn).toEqual(['a is there, and was refused or never written']);
    });

    test('may hold a write in doubt wholly, or not at all', () => {
      expect(compareDocuments(stored, [], [{ a }])).toEqual({ lost: [], torn: [] });
      expect(compareDocuments(new Map(), [], [{ a, b }])).toEqual({ lost: [], torn: [] });
    });
  });
});
