import { Long } from 'bson';
import { UUID } from 'mongodb';
import { codeOfRejection } from './exactly.js';
import { describeMongo, type MongoSubject } from './subject.js';
import { refusals, scenarios } from './tables.js';

const ten = Array.from({ length: 10 }, (_, _id) => ({ _id, x: _id * 10 }));

interface CursorReply {
  readonly cursor: {
    readonly id: Long;
    readonly ns: string;
    readonly firstBatch: object[];
    readonly nextBatch: object[];
  };
}

/** Runs a command that answers with a cursor, with the id kept as a Long. */
async function command({ database }: MongoSubject, fields: object): Promise<CursorReply> {
  return (await database.command(fields, { promoteLongs: false })) as CursorReply;
}

const NONE = Long.ZERO;

const batches = scenarios({ area: 'batches', source: 'MongoDB manual: find, getMore, Iterate a Cursor' }, [
  [
    'the first batch has batchSize documents and names a cursor',
    ten,
    async (subject) => {
      const { cursor } = await command(subject, { find: subject.things.collectionName, batchSize: 3 });
      expect(cursor.firstBatch).toHaveLength(3);
      expect(cursor.id.equals(NONE)).toBe(false);
      expect(cursor.ns).toBe(subject.things.namespace);
    },
  ],
  [
    'getMore continues where the last batch ended',
    ten,
    async (subject) => {
      const collection = subject.things.collectionName;
      const { cursor } = await command(subject, { find: collection, sort: { _id: 1 }, batchSize: 3 });
      const more = await command(subject, { getMore: cursor.id, collection, batchSize: 2 });
      expect(more.cursor.nextBatch).toEqual([
        { _id: 3, x: 30 },
        { _id: 4, x: 40 },
      ]);
      expect(more.cursor.id.equals(cursor.id)).toBe(true);
    },
  ],
  [
    'getMore without batchSize takes the rest, and the cursor ends',
    ten,
    async (subject) => {
      const collection = subject.things.collectionName;
      const { cursor } = await command(subject, { find: collection, batchSize: 3 });
      const more = await command(subject, { getMore: cursor.id, collection });
      expect(more.cursor.nextBatch).toHaveLength(7);
      expect(more.cursor.id.equals(NONE)).toBe(true);
    },
  ],
  [
    'batchSize 0 opens a cursor and reads nothing',
    ten,
    async (subject) => {
      const { cursor } = await command(subject, { find: subject.things.collectionName, batchSize: 0 });
      expect(cursor.firstBatch).toEqual([]);
      expect(cursor.id.equals(NONE)).toBe(false);
    },
  ],
  [
    'a first batch without batchSize has at most 101 documents',
    Array.from({ length: 150 }, (_, _id) => ({ _id })),
    async (subject) => {
      const { cursor } = await command(subject, { find: subject.things.collectionName });
      expect(cursor.firstBatch).toHaveLength(101);
      expect(cursor.id.equals(NONE)).toBe(false);
    },
  ],
  [
    'a limit that the first batch reaches leaves no cursor',
    ten,
    async (subject) => {
      const { cursor } = await command(subject, {
        find: subject.things.collectionName,
        limit: 3,
        batchSize: 5,
      });
      expect(cursor.firstBatch).toHaveLength(3);
      expect(cursor.id.equals(NONE)).toBe(true);
    },
  ],
  [
    'a limit holds over batches',
    ten,
    async ({ things }) => {
      expect(await things.find({}, { limit: 7, batchSize: 2 }).toArray()).toHaveLength(7);
    },
  ],
  [
    'singleBatch leaves no cursor',
    ten,
    async (subject) => {
      const { cursor } = await command(subject, {
        find: subject.things.collectionName,
        batchSize: 3,
        singleBatch: true,
      });
      expect(cursor.firstBatch).toHaveLength(3);
      expect(cursor.id.equals(NONE)).toBe(true);
    },
  ],
  [
    'an aggregation has batches too',
    ten,
    async (subject) => {
      const collection = subject.things.collectionName;
      const pipeline = [{ $sort: { _id: 1 } }];
      const { cursor } = await command(subject, {
        aggregate: collection,
        pipeline,
        cursor: { batchSize: 4 },
      });
      expect(cursor.firstBatch).toHaveLength(4);
      const more = await command(subject, { getMore: cursor.id, collection });
      expect(more.cursor.nextBatch).toHaveLength(6);
    },
  ],
  [
    'an aggregation may begin with an empty batch',
    ten,
    async (subject) => {
      const { cursor } = await command(subject, {
        aggregate: subject.things.collectionName,
        pipeline: [],
        cursor: { batchSize: 0 },
      });
      expect(cursor.firstBatch).toEqual([]);
      expect(cursor.id.equals(NONE)).toBe(false);
    },
  ],
  [
    'a batch stays below 16 MiB',
    Array.from({ length: 5 }, (_, _id) => ({ _id, text: 'x'.repeat(5_000_000) })),
    async (subject) => {
      const { cursor } = await command(subject, { find: subject.things.collectionName });
      expect(cursor.firstBatch).toHaveLength(3);
      expect(await subject.things.find().toArray()).toHaveLength(5);
    },
  ],
  [
    'the sort holds over batches',
    ten,
    async ({ things }) => {
      const found = await things.find({}, { sort: { x: -1 }, batchSize: 3 }).toArray();
      expect(found.map((document): unknown => document._id)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    },
  ],
  [
    'a cursor may be iterated',
    ten,
    async ({ things }) => {
      let sum = 0;
      for await (const document of things.find({}, { batchSize: 4 })) sum += Number(document['x']);
      expect(sum).toBe(450);
    },
  ],
  [
    'rewinding a cursor begins again',
    ten,
    async ({ things }) => {
      const cursor = things.find({}, { sort: { _id: 1 }, batchSize: 2 });
      await cursor.next();
      await cursor.next();
      cursor.rewind();
      expect(await cursor.next()).toEqual({ _id: 0, x: 0 });
      await cursor.close();
    },
  ],
]);

const endings = scenarios(
  { area: 'the end of cursors', source: 'MongoDB manual: killCursors, cursor.maxTimeMS(), endSessions' },
  [
    [
      'a killed cursor is not found any more',
      ten,
      async (subject) => {
        const collection = subject.things.collectionName;
        const { cursor } = await command(subject, { find: collection, batchSize: 2 });
        const killed = await subject.database.command(
          { killCursors: collection, cursors: [cursor.id] },
          { promoteLongs: false },
        );
        expect(killed).toMatchObject({
          cursorsKilled: [cursor.id],
          cursorsNotFound: [],
          cursorsAlive: [],
          cursorsUnknown: [],
        });
        expect(await codeOfRejection(command(subject, { getMore: cursor.id, collection }))).toBe(43);
      },
    ],
    [
      'killing what is not there says so',
      ten,
      async (subject) => {
        const id = Long.fromString('123456789012345');
        const killed = await subject.database.command(
          { killCursors: subject.things.collectionName, cursors: [id] },
          { promoteLongs: false },
        );
        expect(killed).toMatchObject({ cursorsKilled: [], cursorsNotFound: [id] });
      },
    ],
    [
      'closing a cursor kills it',
      ten,
      async ({ database, things }) => {
        const cursor = things.find({}, { batchSize: 2 });
        await cursor.next();
        const { id } = cursor;
        await cursor.close();
        const collection = things.collectionName;
        expect(await codeOfRejection(database.command({ getMore: id, collection }))).toBe(43);
      },
    ],
    [
      'a finished cursor is not found any more',
      ten,
      async (subject) => {
        const collection = subject.things.collectionName;
        const { cursor } = await command(subject, { find: collection, batchSize: 9 });
        await command(subject, { getMore: cursor.id, collection });
        expect(await codeOfRejection(command(subject, { getMore: cursor.id, collection }))).toBe(43);
      },
    ],
    [
      'a cursor ends with its session',
      ten,
      async (subject) => {
        const collection = subject.things.collectionName;
        const lsid = { id: new UUID() };
        const session = subject.client.startSession();
        const opened = (await subject.database.command(
          { find: collection, batchSize: 2 },
          { session, promoteLongs: false },
        )) as CursorReply;
        await subject.database.admin().command({ endSessions: [session.id ?? lsid] });
        const more = subject.database.command({ getMore: opened.cursor.id, collection }, { session });
        expect(await codeOfRejection(more)).toBe(43);
        await session.endSession();
      },
    ],
    [
      'a cursor belongs to its session',
      ten,
      async (subject) => {
        const collection = subject.things.collectionName;
        const [one, other] = [subject.client.startSession(), subject.client.startSession()];
        const opened = (await subject.database.command(
          { find: collection, batchSize: 2 },
          { session: one, promoteLongs: false },
        )) as CursorReply;
        const more = subject.database.command({ getMore: opened.cursor.id, collection }, { session: other });
        expect(await codeOfRejection(more)).toBe(50738);
        await Promise.all([one.endSession(), other.endSession()]);
      },
    ],
    [
      'a dropped collection ends its cursors',
      ten,
      async (subject) => {
        const collection = subject.things.collectionName;
        const { cursor } = await command(subject, { find: collection, batchSize: 2 });
        await subject.things.drop();
        expect(await codeOfRejection(command(subject, { getMore: cursor.id, collection }))).toBe(175);
      },
    ],
    [
      'a query that needs too long is ended',
      Array.from({ length: 3000 }, (_, _id) => ({ _id, a: Array.from({ length: 50 }, (__, x) => x) })),
      async ({ things }) => {
        const slow = {
          $expr: {
            $gt: [
              {
                $reduce: {
                  input: { $range: [0, 3000] },
                  initialValue: 0,
                  in: { $add: ['$$value', { $size: '$a' }] },
                },
              },
              -1,
            ],
          },
        };
        expect(await codeOfRejection(things.find(slow, { maxTimeMS: 5 }).toArray())).toBe(50);
      },
    ],
  ],
);

const refused = refusals(
  { area: 'cursors that are refused', source: 'MongoDB manual: find, getMore, Tailable Cursors' },
  ten,
  [
    [
      'tailing a collection that is not capped',
      ({ things }) => things.find({}, { tailable: true }).toArray(),
      2,
    ],
    [
      'waiting for data without tailing',
      ({ database, things }) => database.command({ find: things.collectionName, awaitData: true }),
      9,
    ],
    [
      'getMore of a cursor that is not there',
      ({ database, things }) =>
        database.command({ getMore: Long.fromString('99'), collection: things.collectionName }),
      43,
    ],
    [
      'getMore of an int',
      ({ database, things }) => database.command({ getMore: 5, collection: things.collectionName }),
      14,
    ],
    [
      'getMore in another collection',
      async (subject) => {
        const { cursor } = await command(subject, { find: subject.things.collectionName, batchSize: 2 });
        return subject.database.command({ getMore: cursor.id, collection: 'elsewhere' });
      },
      13,
    ],
    [
      'an aggregation without a cursor',
      ({ database, things }) => database.command({ aggregate: things.collectionName, pipeline: [] }),
      9,
    ],
    [
      'an unknown option of find',
      ({ database, things }) => database.command({ find: things.collectionName, nonsense: 1 }),
      40415,
    ],
    [
      'a filter that is no object',
      ({ database, things }) => database.command({ find: things.collectionName, filter: 1 }),
      14,
    ],
  ],
);

describeMongo('cursors', batches, endings, refused);
