import { Double, Long } from 'bson';
import { rejectionOf } from './exactly.js';
import { describeMongo } from './subject.js';
import { scenarios } from './tables.js';

const three = [
  { _id: 1, a: 1, b: 1 },
  { _id: 2, a: 1, b: 2 },
  { _id: 3, a: 2, b: 1 },
];

const unique = scenarios({ area: 'unique indexes', source: 'MongoDB manual: Unique Indexes' }, [
  [
    'refuse an equal value and say which',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true }, {});
      await things.insertOne({ a: 1 });
      const error = await rejectionOf(things.insertOne({ a: 1 }));
      expect(error).toMatchObject({ code: 11000, keyPattern: { a: 1 }, keyValue: { a: 1 } });
      expect(String(error['message'])).toContain(
        `E11000 duplicate key error collection: ${things.namespace} index: a_1 dup key: { a: 1 }`,
      );
    },
  ],
  [
    'count equal numbers of two types as one',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true }, {});
      await things.insertOne({ a: 1 });
      expect(await rejectionOf(things.insertOne({ a: new Double(1) }))).toMatchObject({ code: 11000 });
      expect(await rejectionOf(things.insertOne({ a: Long.fromNumber(1) }))).toMatchObject({ code: 11000 });
    },
  ],
  [
    'count missing as null, once',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true }, {});
      await things.insertOne({ b: 1 });
      expect(await rejectionOf(things.insertOne({ a: null }))).toMatchObject({
        code: 11000,
        keyValue: { a: null },
      });
    },
  ],
  [
    'of several fields need all to be equal',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1, b: 1 }, { unique: true }, {});
      await things.insertMany([
        { a: 1, b: 1 },
        { a: 1, b: 2 },
        { a: 2, b: 1 },
      ]);
      const error = await rejectionOf(things.insertOne({ a: 1, b: 2 }));
      expect(error).toMatchObject({ code: 11000, keyPattern: { a: 1, b: 1 }, keyValue: { a: 1, b: 2 } });
    },
  ],
  [
    'hold for every item of an array',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true }, {});
      await things.insertOne({ a: [1, 2] });
      expect(await rejectionOf(things.insertOne({ a: [2, 3] }))).toMatchObject({ code: 11000 });
    },
  ],
  [
    'do not hold within one document',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true }, {});
      await things.insertOne({ a: [1, 1] });
      expect(await things.countDocuments()).toBe(1);
    },
  ],
  [
    'that are sparse leave documents without the field alone',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true, sparse: true }, {});
      await things.insertMany([{ b: 1 }, { b: 2 }, { a: 1 }]);
      expect(await rejectionOf(things.insertOne({ a: 1 }))).toMatchObject({ code: 11000 });
    },
  ],
  [
    'that are partial hold for what their filter matches',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true, partialFilterExpression: { active: true } }, {});
      await things.insertMany([
        { a: 1, active: false },
        { a: 1, active: false },
        { a: 1, active: true },
      ]);
      expect(await rejectionOf(things.insertOne({ a: 1, active: true }))).toMatchObject({ code: 11000 });
      await things.updateOne({ active: true }, { $set: { active: false } });
      await things.insertOne({ a: 1, active: true });
    },
  ],
  [
    'cannot be made over duplicates, and leave nothing',
    three,
    async ({ things }) => {
      expect(await rejectionOf(things.createIndex({ a: 1 }, { unique: true }, {}))).toMatchObject({
        code: 11000,
        keyPattern: { a: 1 },
        keyValue: { a: 1 },
      });
      expect(await things.indexes()).toHaveLength(1);
    },
  ],
  [
    'let a document be replaced by itself',
    three,
    async ({ things }) => {
      await things.createIndex({ a: 1, b: 1 }, { unique: true }, {});
      expect(await things.replaceOne({ _id: 1 } as object, { a: 1, b: 1, c: 1 })).toMatchObject({
        modifiedCount: 1,
      });
    },
  ],
  [
    'show each kind of value in the message',
    [],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, { unique: true }, {});
      for (const [a, shown] of [
        ['x', '"x"'],
        [null, 'null'],
        [true, 'true'],
        [new Double(1.5), '1.5'],
      ] as const) {
        await things.insertOne({ a });
        expect(String((await rejectionOf(things.insertOne({ a })))['message'])).toContain(
          `dup key: { a: ${shown} }`,
        );
      }
    },
  ],
]);

const queries = scenarios({ area: 'queries by an index', source: 'MongoDB manual: Indexes, cursor.hint()' }, [
  [
    'give the same as a scan',
    Array.from({ length: 200 }, (_, _id) => ({ _id, a: _id % 7, b: [_id % 3, _id % 5] })),
    async ({ things }) => {
      await things.createIndex({ a: 1, b: 1 }, {}, {});
      for (const filter of [
        { a: 3 },
        { a: { $gt: 2, $lte: 5 } },
        { a: { $in: [1, 6] }, b: 2 },
        { b: { $gt: 2, $lt: 2 } },
        { a: 1, b: { $size: 2 } },
      ]) {
        const scanned = await things.find(filter, { hint: '_id_', sort: { _id: 1 } }).toArray();
        expect(await things.find(filter, { hint: 'a_1_b_1', sort: { _id: 1 } }).toArray()).toEqual(scanned);
      }
    },
  ],
  [
    'sort by the index',
    three,
    async ({ things }) => {
      await things.createIndex({ a: 1, b: -1 }, {}, {});
      const found = await things.find({}, { hint: 'a_1_b_-1', sort: { a: 1, b: -1 } }).toArray();
      expect(found.map((document): unknown => document._id)).toEqual([2, 1, 3]);
    },
  ],
  [
    'sort by the index backwards',
    three,
    async ({ things }) => {
      await things.createIndex({ a: 1, b: -1 }, {}, {});
      const found = await things.find({}, { hint: 'a_1_b_-1', sort: { a: -1, b: 1 } }).toArray();
      expect(found.map((document): unknown => document._id)).toEqual([3, 1, 2]);
    },
  ],
  [
    'find missing and null alike',
    [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 1 }],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, {}, {});
      expect(await things.find({ a: null }, { hint: 'a_1' }).sort({ _id: 1 }).toArray()).toHaveLength(2);
    },
  ],
  [
    'give each document once, whatever arrays it has',
    [{ _id: 1, a: [1, 2, 3] }],
    async ({ things }) => {
      await things.createIndex({ a: 1 }, {}, {});
      expect(await things.find({ a: { $gte: 1 } }, { hint: 'a_1' }).toArray()).toHaveLength(1);
    },
  ],
]);

describeMongo('use of indexes', unique, queries);
