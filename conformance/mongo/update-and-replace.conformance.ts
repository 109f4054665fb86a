import { Double, Int32 } from 'bson';
import { ObjectId } from 'mongodb';
import { EXACT, expectExactly } from './exactly.js';
import { describeMongo } from './subject.js';
import { refusals, scenarios } from './tables.js';

const three = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
  { _id: 3, x: 33 },
];

const updates = scenarios(
  {
    area: 'updateOne, updateMany',
    source: 'CRUD specification: updateOne, updateMany; MongoDB manual: update',
  },
  [
    [
      'updateOne changes one of several',
      three,
      async ({ things }) => {
        const result = await things.updateOne({ x: { $gt: 11 } }, { $inc: { x: 1 } });
        expect(result).toEqual({
          acknowledged: true,
          matchedCount: 1,
          modifiedCount: 1,
          upsertedCount: 0,
          upsertedId: null,
        });
      },
    ],
    [
      'updateOne that matches nothing changes nothing',
      three,
      async ({ things }) => {
        expect(await things.updateOne({ _id: 9 } as object, { $inc: { x: 1 } })).toMatchObject({
          matchedCount: 0,
          modifiedCount: 0,
        });
      },
    ],
    [
      'an update to the same values matches and modifies nothing',
      three,
      async ({ things }) => {
        expect(await things.updateOne({ _id: 1 } as object, { $set: { x: 11 } })).toMatchObject({
          matchedCount: 1,
          modifiedCount: 0,
        });
      },
    ],
    [
      'a number of another type is a change',
      three,
      async ({ things }) => {
        expect(await things.updateOne({ _id: 1 } as object, { $set: { x: new Double(11) } })).toMatchObject({
          modifiedCount: 1,
        });
      },
    ],
    [
      'updateMany changes all that match',
      three,
      async ({ things }) => {
        expect(await things.updateMany({ x: { $gt: 11 } }, { $inc: { x: 1 } })).toMatchObject({
          matchedCount: 2,
          modifiedCount: 2,
        });
        expect(await things.distinct('x')).toEqual([11, 23, 34]);
      },
    ],
    [
      'updateMany meets each document once, whatever index it changes',
      three,
      async ({ things }) => {
        await things.createIndex({ x: 1 }, {}, {});
        expect(await things.updateMany({ x: { $gt: 0 } }, { $inc: { x: 100 } })).toMatchObject({
          modifiedCount: 3,
        });
        expect(await things.distinct('x')).toEqual([111, 122, 133]);
      },
    ],
    [
      'an upsert that matches nothing inserts what the filter and the update say',
      [],
      async ({ things }) => {
        const result = await things.updateOne(
          { _id: 4, 'a.b': 5, c: { $gt: 1 } } as object,
          { $set: { x: 1 } },
          { upsert: true },
        );
        expect(result).toMatchObject({ matchedCount: 0, upsertedCount: 1, upsertedId: 4 });
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 4, a: { b: 5 }, x: 1 }]);
      },
    ],
    [
      'an upsert makes an ObjectId',
      [],
      async ({ things }) => {
        const result = await things.updateOne({ a: 1 }, { $set: { x: 1 } }, { upsert: true });
        expect(result.upsertedId).toBeInstanceOf(ObjectId);
        expect(await things.findOne()).toEqual({ _id: result.upsertedId, a: 1, x: 1 });
      },
    ],
    [
      'an upsert takes equalities of $and and $eq',
      [],
      async ({ things }) => {
        await things.updateOne(
          { _id: 1, $and: [{ a: { $eq: 1 } }, { b: 2 }] } as object,
          { $set: { c: 3 } },
          { upsert: true },
        );
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 1, a: 1, b: 2, c: 3 }]);
      },
    ],
    [
      '$setOnInsert works in an upsert only',
      [],
      async ({ things }) => {
        for (const n of [1, 2])
          await things.updateOne(
            { _id: 1 } as object,
            { $setOnInsert: { made: n }, $inc: { n: 1 } },
            { upsert: true },
          );
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 1, made: 1, n: 2 }]);
      },
    ],
    [
      'an upsert by a pipeline begins with the filter',
      [],
      async ({ things }) => {
        await things.updateOne({ _id: 1, a: 2 } as object, [{ $set: { b: { $add: ['$a', 1] } } }], {
          upsert: true,
        });
        expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 1, a: 2, b: 3 }]);
      },
    ],
    [
      'updateMany with upsert inserts one',
      [],
      async ({ things }) => {
        expect(await things.updateMany({ x: 1 }, { $set: { y: 1 } }, { upsert: true })).toMatchObject({
          upsertedCount: 1,
        });
      },
    ],
    [
      'updateOne takes a hint',
      three,
      async ({ things }) => {
        expect(await things.updateOne({ x: 11 }, { $set: { y: 1 } }, { hint: '_id_' })).toMatchObject({
          modifiedCount: 1,
        });
      },
    ],
  ],
);

const replaces = scenarios({ area: 'replaceOne', source: 'CRUD specification: replaceOne' }, [
  [
    'replaces all but the _id',
    three,
    async ({ things }) => {
      expect(await things.replaceOne({ x: 11 }, { y: 1 })).toMatchObject({
        matchedCount: 1,
        modifiedCount: 1,
      });
      expectExactly(await things.find({ _id: 1 } as object, EXACT).toArray(), [{ _id: 1, y: 1 }]);
    },
  ],
  [
    'with an equal document modifies nothing',
    three,
    async ({ things }) => {
      expect(await things.replaceOne({ _id: 1 } as object, { x: 11 })).toMatchObject({
        matchedCount: 1,
        modifiedCount: 0,
      });
    },
  ],
  [
    'with nothing empties the document',
    three,
    async ({ things }) => {
      await things.replaceOne({ _id: 1 } as object, {});
      expect(await things.findOne({ _id: 1 } as object)).toEqual({ _id: 1 });
    },
  ],
  [
    'that matches nothing changes nothing',
    three,
    async ({ things }) => {
      expect(await things.replaceOne({ x: 0 }, { y: 1 })).toMatchObject({
        matchedCount: 0,
        modifiedCount: 0,
      });
    },
  ],
  [
    'with upsert takes only the _id of the filter',
    [],
    async ({ things }) => {
      expect(await things.replaceOne({ _id: 4, a: 1 } as object, { x: 1 }, { upsert: true })).toMatchObject({
        upsertedId: 4,
      });
      expectExactly(await things.find({}, EXACT).toArray(), [{ _id: 4, x: 1 }]);
    },
  ],
  [
    'with upsert keeps the _id of the replacement',
    [],
    async ({ things }) => {
      expect(await things.replaceOne({ x: 1 }, { _id: 5, x: 1 }, { upsert: true })).toMatchObject({
        upsertedId: 5,
      });
    },
  ],
  [
    'keeps the type of the _id',
    [{ _id: new Int32(1) }],
    async ({ things }) => {
      await things.replaceOne({ _id: new Double(1) }, { x: 1 });
      expectExactly(await things.find({}, EXACT).toArray(), [{ _id: new Int32(1), x: 1 }]);
    },
  ],
]);

const badWrites = refusals(
  { area: 'updates that are refused', source: 'MongoDB manual: update, findAndModify' },
  three,
  [
    [
      'a replacement with another _id',
      ({ things }) => things.replaceOne({ _id: 1 } as object, { _id: 2 }),
      66,
    ],
    [
      'an upsert whose filter and update differ in the _id',
      ({ things }) => things.updateOne({ _id: 9 } as object, { $set: { _id: 8 } }, { upsert: true }),
      66,
    ],
    [
      'an upsert whose filter matches a path twice',
      ({ things }) => things.updateOne({ $and: [{ a: 1 }, { a: 2 }] }, { $set: { b: 1 } }, { upsert: true }),
      54,
    ],
    [
      'an upsert onto a unique value',
      async ({ things }) => {
        await things.createIndex({ x: 1 }, { unique: true }, {});
        return things.updateOne({ _id: 9 } as object, { $set: { x: 11 } }, { upsert: true });
      },
      11000,
    ],
    [
      'an update onto a unique value',
      async ({ things }) => {
        await things.createIndex({ x: 1 }, { unique: true }, {});
        return things.updateOne({ _id: 1 } as object, { $set: { x: 22 } });
      },
      11000,
    ],
  ],
);

describeMongo('updating and replacing', updates, replaces, badWrites);
