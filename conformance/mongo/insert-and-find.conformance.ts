import { Double, Long } from 'bson';
import { ObjectId } from 'mongodb';
import { EXACT, expectExactly, rejectionOf } from './exactly.js';
import { describeMongo } from './subject.js';
import { refusals, scenarios } from './tables.js';

const three = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
  { _id: 3, x: 33 },
];

const inserts = scenarios(
  {
    area: 'insertOne, insertMany',
    source: 'CRUD specification: insertOne, insertMany; MongoDB manual: insert',
  },
  [
    [
      'insertOne acknowledges with the _id',
      [],
      async ({ things }) => {
        expect(await things.insertOne({ _id: 1, x: 11 } as object)).toEqual({
          acknowledged: true,
          insertedId: 1,
        });
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 1, x: 11 }]);
      },
    ],
    [
      'a document without _id gets an ObjectId, as its first field',
      [],
      async ({ database, things }) => {
        await database.command({ insert: things.collectionName, documents: [{ x: 1 }] });
        const [stored] = await things.find().toArray();
        expect(stored?._id).toBeInstanceOf(ObjectId);
        expect(Object.keys(stored ?? {})).toEqual(['_id', 'x']);
      },
    ],
    [
      'an _id that does not come first is moved there',
      [],
      async ({ things }) => {
        await things.insertOne({ x: 1, _id: 7 } as object);
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 7, x: 1 }]);
      },
    ],
    [
      'insertMany acknowledges with all _ids',
      [],
      async ({ things }) => {
        const result = await things.insertMany([{ _id: 1 }, { _id: 2 }] as object[]);
        expect(result).toEqual({ acknowledged: true, insertedCount: 2, insertedIds: { 0: 1, 1: 2 } });
      },
    ],
    [
      'insertMany stops at the first error when ordered',
      [],
      async ({ things }) => {
        const error = await rejectionOf(things.insertMany([{ _id: 1 }, { _id: 1 }, { _id: 2 }] as object[]));
        expect(error).toMatchObject({
          code: 11000,
          insertedCount: 1,
          writeErrors: [{ index: 1, code: 11000 }],
        });
        expect(await things.countDocuments()).toBe(1);
      },
    ],
    [
      'insertMany goes on after errors when unordered',
      [],
      async ({ things }) => {
        const documents = [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }] as object[];
        const error = await rejectionOf(things.insertMany(documents, { ordered: false }));
        expect(error).toMatchObject({ insertedCount: 3, writeErrors: [{ index: 1 }, { index: 3 }] });
        expect(await things.countDocuments()).toBe(3);
      },
    ],
    [
      'an unacknowledged insert is done all the same',
      [],
      async ({ things }) => {
        expect(await things.insertOne({ _id: 1 } as object, { writeConcern: { w: 0 } })).toMatchObject({
          acknowledged: false,
        });
        while ((await things.countDocuments()) === 0) await new Promise((resolve) => setImmediate(resolve));
        expect(await things.countDocuments()).toBe(1);
      },
    ],
    [
      'names may hold dots and dollars',
      [],
      async ({ things }) => {
        await things.insertOne({ _id: 1, 'a.b': 1, $c: 2 } as object);
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 1, 'a.b': 1, $c: 2 }]);
      },
    ],
    [
      'an _id may be of most types',
      [],
      async ({ things }) => {
        const values = [null, { a: 1 }, 'text', true, new Date(0), new Double(1.5), Long.fromNumber(9)];
        await things.insertMany(values.map((_id) => ({ _id })) as object[]);
        expect(await things.countDocuments()).toBe(values.length);
      },
    ],
  ],
);

const badInserts = refusals(
  { area: 'insertOne, insertMany', source: 'MongoDB manual: Documents, The _id Field' },
  [{ _id: 1 }],
  [
    ['an _id that is there is refused', ({ things }) => things.insertOne({ _id: 1 } as object), 11000],
    [
      'an equal _id of another numeric type is refused',
      ({ things }) => things.insertOne({ _id: new Double(1) } as object),
      11000,
    ],
    ['an array as _id is refused', ({ things }) => things.insertOne({ _id: [1] } as object), 53],
    ['a pattern as _id is refused', ({ things }) => things.insertOne({ _id: /x/ } as object), 53],
    [
      'an _id with a dollar name in it is refused',
      ({ things }) => things.insertOne({ _id: { $x: 1 } } as object),
      52,
    ],
  ],
);

const finds = scenarios({ area: 'find, findOne', source: 'CRUD specification: find, findOne' }, [
  [
    'findOne gives one document',
    three,
    async ({ things }) => {
      expect(await things.findOne({ x: { $gt: 11 } }, { sort: { _id: -1 } })).toEqual({ _id: 3, x: 33 });
    },
  ],
  [
    'findOne gives null when nothing matches',
    three,
    async ({ things }) => {
      expect(await things.findOne({ x: 0 })).toBeNull();
    },
  ],
  [
    'findOne skips',
    three,
    async ({ things }) => {
      expect(await things.findOne({}, { sort: { _id: 1 }, skip: 2 })).toEqual({ _id: 3, x: 33 });
    },
  ],
  [
    'find of a collection that is not there finds nothing',
    [],
    async ({ things }) => {
      expect(await things.find().toArray()).toEqual([]);
    },
  ],
  [
    'find takes a hint by name and by keys',
    three,
    async ({ things }) => {
      await things.createIndex({ x: 1 }, {}, {});
      expect(await things.find({ x: 22 }, { hint: 'x_1' }).toArray()).toEqual([{ _id: 2, x: 22 }]);
      expect(await things.find({ x: 22 }, { hint: { x: 1 } }).toArray()).toEqual([{ _id: 2, x: 22 }]);
    },
  ],
  [
    'find takes a comment',
    three,
    async ({ things }) => {
      expect(await things.find({}, { comment: 'why' }).toArray()).toHaveLength(3);
    },
  ],
  [
    'find takes the simple collation',
    three,
    async ({ things }) => {
      expect(await things.find({ x: 11 }, { collation: { locale: 'simple' } }).toArray()).toHaveLength(1);
    },
  ],
  [
    'find takes every read concern of a standalone',
    three,
    async ({ things }) => {
      for (const level of ['local', 'available', 'majority'] as const) {
        expect(await things.find({}, { readConcern: { level } }).toArray()).toHaveLength(3);
      }
    },
  ],
]);

describeMongo('inserting and finding', inserts, badInserts, finds);
