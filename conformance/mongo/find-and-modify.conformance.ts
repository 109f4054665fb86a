import { type AnyBulkWriteOperation } from 'mongodb';
import { EXACT, expectExactly, rejectionOf } from './exactly.js';
import { describeMongo } from './subject.js';
import { refusals, scenarios } from './tables.js';

const three = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
  { _id: 3, x: 33 },
];

const modify = scenarios(
  {
    area: 'findOneAndUpdate, findOneAndReplace, findOneAndDelete',
    source: 'CRUD specification: findOneAnd*',
  },
  [
    [
      'findOneAndUpdate gives the document as it was',
      three,
      async ({ things }) => {
        expect(await things.findOneAndUpdate({ x: 22 }, { $inc: { x: 1 } })).toEqual({ _id: 2, x: 22 });
        expect(await things.findOne({ _id: 2 } as object)).toEqual({ _id: 2, x: 23 });
      },
    ],
    [
      'findOneAndUpdate gives the document as it is then',
      three,
      async ({ things }) => {
        expect(
          await things.findOneAndUpdate({ x: 22 }, { $inc: { x: 1 } }, { returnDocument: 'after' }),
        ).toEqual({ _id: 2, x: 23 });
      },
    ],
    [
      'findOneAndUpdate takes the first by a sort',
      three,
      async ({ things }) => {
        expect(await things.findOneAndUpdate({}, { $inc: { x: 1 } }, { sort: { x: -1 } })).toEqual({
          _id: 3,
          x: 33,
        });
      },
    ],
    [
      'findOneAndUpdate projects',
      three,
      async ({ things }) => {
        expect(
          await things.findOneAndUpdate({ x: 22 }, { $inc: { x: 1 } }, { projection: { x: 1, _id: 0 } }),
        ).toEqual({ x: 22 });
      },
    ],
    [
      'findOneAndUpdate that matches nothing gives null',
      three,
      async ({ things }) => {
        expect(await things.findOneAndUpdate({ x: 0 }, { $inc: { x: 1 } })).toBeNull();
      },
    ],
    [
      'findOneAndUpdate with upsert gives null before',
      three,
      async ({ things }) => {
        expect(
          await things.findOneAndUpdate({ _id: 4 } as object, { $inc: { x: 1 } }, { upsert: true }),
        ).toBeNull();
        expect(await things.findOne({ _id: 4 } as object)).toEqual({ _id: 4, x: 1 });
      },
    ],
    [
      'findOneAndUpdate with upsert gives the new document after',
      three,
      async ({ things }) => {
        const options = { upsert: true, returnDocument: 'after' } as const;
        expect(await things.findOneAndUpdate({ _id: 4 } as object, { $inc: { x: 1 } }, options)).toEqual({
          _id: 4,
          x: 1,
        });
      },
    ],
    [
      'findOneAndUpdate takes array filters',
      [{ _id: 1, a: [1, 5] }],
      async ({ things }) => {
        const options = { arrayFilters: [{ e: { $gt: 2 } }], returnDocument: 'after' as const };
        expect(await things.findOneAndUpdate({}, { $set: { 'a.$[e]': 0 } }, options)).toEqual({
          _id: 1,
          a: [1, 0],
        });
      },
    ],
    [
      'findOneAndUpdate takes a pipeline',
      three,
      async ({ things }) => {
        const pipeline = [{ $set: { y: { $multiply: ['$x', 2] } } }];
        expect(await things.findOneAndUpdate({ x: 22 }, pipeline, { returnDocument: 'after' })).toEqual({
          _id: 2,
          x: 22,
          y: 44,
        });
      },
    ],
    [
      'findOneAndUpdate takes the positional $',
      [{ _id: 1, a: [1, 5] }],
      async ({ things }) => {
        expect(
          await things.findOneAndUpdate({ a: 5 }, { $set: { 'a.$': 6 } }, { returnDocument: 'after' }),
        ).toEqual({ _id: 1, a: [1, 6] });
      },
    ],
    [
      'findOneAndUpdate reports what it did',
      three,
      async ({ things }) => {
        const result = await things.findOneAndUpdate(
          { _id: 9 } as object,
          { $set: { x: 1 } },
          { upsert: true, includeResultMetadata: true },
        );
        expect(result).toMatchObject({
          lastErrorObject: { n: 1, updatedExisting: false, upserted: 9 },
          value: null,
          ok: 1,
        });
        const again = await things.findOneAndUpdate(
          { _id: 9 } as object,
          { $set: { x: 2 } },
          { includeResultMetadata: true },
        );
        expect(again).toMatchObject({
          lastErrorObject: { n: 1, updatedExisting: true },
          value: { _id: 9, x: 1 },
        });
      },
    ],
    [
      'findOneAndReplace gives the document as it was',
      three,
      async ({ things }) => {
        expect(await things.findOneAndReplace({ x: 22 }, { y: 1 })).toEqual({ _id: 2, x: 22 });
        expect(await things.findOne({ _id: 2 } as object)).toEqual({ _id: 2, y: 1 });
      },
    ],
    [
      'findOneAndReplace gives the new document',
      three,
      async ({ things }) => {
        expect(await things.findOneAndReplace({ x: 22 }, { y: 1 }, { returnDocument: 'after' })).toEqual({
          _id: 2,
          y: 1,
        });
      },
    ],
    [
      'findOneAndReplace with upsert inserts',
      three,
      async ({ things }) => {
        const options = { upsert: true, returnDocument: 'after' } as const;
        expect(await things.findOneAndReplace({ _id: 4 } as object, { y: 1 }, options)).toEqual({
          _id: 4,
          y: 1,
        });
      },
    ],
    [
      'findOneAndDelete gives what it removed',
      three,
      async ({ things }) => {
        expect(
          await things.findOneAndDelete({ x: { $gt: 11 } }, { sort: { x: 1 }, projection: { x: 1 } }),
        ).toEqual({ _id: 2, x: 22 });
        expect(await things.countDocuments()).toBe(2);
      },
    ],
    [
      'findOneAndDelete that matches nothing gives null',
      three,
      async ({ things }) => {
        expect(await things.findOneAndDelete({ x: 0 })).toBeNull();
      },
    ],
    [
      'keeps types in what it gives',
      [{ _id: 1, n: 1.5 }],
      async ({ things }) => {
        const found = await things.findOneAndUpdate(
          {},
          { $set: { m: 2 } },
          { ...EXACT, returnDocument: 'after' },
        );
        expectExactly([found ?? {}], [{ _id: 1, n: 1.5, m: 2 }]);
      },
    ],
  ],
);

const bad = refusals(
  { area: 'findAndModify that is refused', source: 'MongoDB manual: findAndModify' },
  three,
  [
    [
      'neither update nor remove',
      ({ database, things }) => database.command({ findAndModify: things.collectionName }),
      9,
    ],
    [
      'both update and remove',
      ({ database, things }) =>
        database.command({ findAndModify: things.collectionName, update: {}, remove: true }),
      9,
    ],
    [
      'remove and new',
      ({ database, things }) =>
        database.command({ findAndModify: things.collectionName, new: true, remove: true }),
      9,
    ],
    [
      'an unknown operator',
      ({ database, things }) =>
        database.command({ findAndModify: things.collectionName, update: { $foo: { a: 1 } } }),
      9,
    ],
    ['another _id', ({ things }) => things.findOneAndUpdate({ _id: 1 } as object, { $set: { _id: 2 } }), 66],
    [
      'a duplicate',
      async ({ things }) => {
        await things.createIndex({ x: 1 }, { unique: true }, {});
        return things.findOneAndUpdate({ _id: 1 } as object, { $set: { x: 22 } });
      },
      11000,
    ],
  ],
);

const bulk = scenarios({ area: 'bulkWrite', source: 'CRUD specification: bulkWrite' }, [
  [
    'does every kind of write and counts each',
    three,
    async ({ things }) => {
      const result = await things.bulkWrite([
        { insertOne: { document: { _id: 4, x: 44 } as object } },
        { updateOne: { filter: { _id: 1 } as object, update: { $set: { x: 1 } } } },
        { updateMany: { filter: { x: { $gt: 20 } }, update: { $inc: { x: 1 } } } },
        { replaceOne: { filter: { _id: 9 } as object, replacement: { x: 99 }, upsert: true } },
        { deleteOne: { filter: { _id: 2 } as object } },
        { deleteMany: { filter: { x: { $gt: 40 } } } },
      ]);
      expect(result).toMatchObject({
        insertedCount: 1,
        matchedCount: 4,
        modifiedCount: 4,
        upsertedCount: 1,
        deletedCount: 3,
        upsertedIds: { 3: 9 },
        insertedIds: { 0: 4 },
      });
      expect(await things.find({}, { sort: { _id: 1 } }).toArray()).toEqual([
        { _id: 1, x: 1 },
        { _id: 3, x: 34 },
      ]);
    },
  ],
  [
    'ordered stops at the first error, and says at which',
    three,
    async ({ things }) => {
      const error = await rejectionOf(
        things.bulkWrite([
          { insertOne: { document: { _id: 4 } as object } },
          { insertOne: { document: { _id: 1 } as object } },
          { insertOne: { document: { _id: 5 } as object } },
        ]),
      );
      expect(error).toMatchObject({ code: 11000, insertedCount: 1, writeErrors: [{ index: 1 }] });
      expect(await things.countDocuments()).toBe(4);
    },
  ],
  [
    'ordered keeps the order over kinds of writes',
    [],
    async ({ things }) => {
      await things.bulkWrite([
        { insertOne: { document: { _id: 1, n: 1 } as object } },
        { deleteOne: { filter: { n: 1 } } },
        { insertOne: { document: { _id: 1, n: 2 } as object } },
      ]);
      expect(await things.find().toArray()).toEqual([{ _id: 1, n: 2 }]);
    },
  ],
  [
    'unordered goes on, and says where all errors are',
    three,
    async ({ things }) => {
      const error = await rejectionOf(
        things.bulkWrite(
          [
            { insertOne: { document: { _id: 1 } as object } },
            { updateOne: { filter: { _id: 2 } as object, update: { $set: { _id: 7 } } } },
            { insertOne: { document: { _id: 4 } as object } },
          ],
          { ordered: false },
        ),
      );
      const writeErrors = error['writeErrors'] as { index: number; code: number }[];
      expect(writeErrors.map(({ index, code }) => [index, code]).sort()).toEqual([
        [0, 11000],
        [1, 66],
      ]);
      expect(await things.countDocuments()).toBe(4);
    },
  ],
  [
    'several upserts give their _ids by index',
    [],
    async ({ things }) => {
      const result = await things.bulkWrite(
        [1, 2].map((_id): AnyBulkWriteOperation => ({
          updateOne: { filter: { _id } as object, update: { $set: { x: _id } }, upsert: true },
        })),
      );
      expect(result.upsertedIds).toEqual({ 0: 1, 1: 2 });
    },
  ],
  [
    'more than one message of writes',
    [],
    async ({ things }) => {
      const operations = Array.from({ length: 2500 }, (_, _id): AnyBulkWriteOperation => ({
        insertOne: { document: { _id } as object },
      }));
      expect((await things.bulkWrite(operations)).insertedCount).toBe(2500);
      expect(await things.countDocuments()).toBe(2500);
    },
  ],
]);

describeMongo('findOneAnd* and bulkWrite', modify, bad, bulk);
