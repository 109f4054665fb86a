import { Double } from 'bson';
import { describeMongo } from './subject.js';
import { scenarios } from './tables.js';

const three = [
  { _id: 1, x: 11 },
  { _id: 2, x: 22 },
  { _id: 3, x: 33 },
];

const deletes = scenarios(
  { area: 'deleteOne, deleteMany', source: 'CRUD specification: deleteOne, deleteMany' },
  [
    [
      'deleteOne removes one of several',
      three,
      async ({ things }) => {
        expect(await things.deleteOne({ x: { $gt: 11 } })).toEqual({ acknowledged: true, deletedCount: 1 });
        expect(await things.countDocuments()).toBe(2);
      },
    ],
    [
      'deleteOne that matches nothing removes nothing',
      three,
      async ({ things }) => {
        expect(await things.deleteOne({ x: 0 })).toMatchObject({ deletedCount: 0 });
      },
    ],
    [
      'deleteMany removes all that match',
      three,
      async ({ things }) => {
        expect(await things.deleteMany({ x: { $gt: 11 } })).toMatchObject({ deletedCount: 2 });
        expect(await things.find().toArray()).toEqual([{ _id: 1, x: 11 }]);
      },
    ],
    [
      'deleteMany of everything leaves the collection',
      three,
      async ({ database, things }) => {
        expect(await things.deleteMany({})).toMatchObject({ deletedCount: 3 });
        expect(await database.listCollections({ name: things.collectionName }).toArray()).toHaveLength(1);
      },
    ],
    [
      'a delete in a collection that is not there removes nothing',
      [],
      async ({ things }) => {
        expect(await things.deleteMany({})).toMatchObject({ deletedCount: 0 });
      },
    ],
    [
      'deleteOne takes a hint',
      three,
      async ({ things }) => {
        expect(await things.deleteOne({ x: 11 }, { hint: '_id_' })).toMatchObject({ deletedCount: 1 });
      },
    ],
    [
      'a deleted unique value is free again',
      [],
      async ({ things }) => {
        await things.createIndex({ x: 1 }, { unique: true }, {});
        for (const _id of [1, 2]) {
          await things.insertOne({ _id, x: 1 } as object);
          await things.deleteOne({ _id } as object);
        }
        expect(await things.countDocuments()).toBe(0);
      },
    ],
  ],
);

const counts = scenarios(
  {
    area: 'countDocuments, estimatedDocumentCount, distinct',
    source: 'CRUD specification: countDocuments, estimatedDocumentCount, distinct',
  },
  [
    [
      'countDocuments counts what matches',
      three,
      async ({ things }) => {
        expect(await things.countDocuments({ x: { $gt: 11 } })).toBe(2);
      },
    ],
    [
      'countDocuments skips and limits',
      three,
      async ({ things }) => {
        expect(await things.countDocuments({}, { skip: 1 })).toBe(2);
        expect(await things.countDocuments({}, { limit: 2 })).toBe(2);
        expect(await things.countDocuments({}, { skip: 2, limit: 5 })).toBe(1);
      },
    ],
    [
      'countDocuments of what is not there is 0',
      [],
      async ({ things }) => {
        expect(await things.countDocuments({ x: 1 })).toBe(0);
      },
    ],
    [
      'estimatedDocumentCount counts all',
      three,
      async ({ things }) => {
        expect(await things.estimatedDocumentCount()).toBe(3);
      },
    ],
    [
      'estimatedDocumentCount of what is not there is 0',
      [],
      async ({ things }) => {
        expect(await things.estimatedDocumentCount()).toBe(0);
      },
    ],
    [
      'the count command takes a query, skip and limit',
      three,
      async ({ database, things }) => {
        const count = things.collectionName;
        expect(await database.command({ count, query: { x: { $gt: 11 } } })).toMatchObject({ n: 2 });
        expect(await database.command({ count, query: {}, skip: 1, limit: 1 })).toMatchObject({ n: 1 });
        expect(await database.command({ count, query: { x: { $gt: 0 } }, skip: 1 })).toMatchObject({ n: 2 });
        expect(await database.command({ count, limit: -2 })).toMatchObject({ n: 2 });
      },
    ],
    [
      'distinct gives each value once',
      [...three, { _id: 4, x: 11 }, { _id: 5 }],
      async ({ things }) => {
        expect(new Set(await things.distinct('x'))).toEqual(new Set([11, 22, 33]));
      },
    ],
    [
      'distinct takes a filter',
      three,
      async ({ things }) => {
        expect(new Set(await things.distinct('x', { x: { $gt: 11 } }))).toEqual(new Set([22, 33]));
      },
    ],
    [
      'distinct takes the items of arrays',
      [
        { _id: 1, a: [1, 2] },
        { _id: 2, a: [2, [3]] },
      ],
      async ({ things }) => {
        expect(await things.distinct('a')).toEqual([1, 2, [3]]);
      },
    ],
    [
      'distinct goes into objects of arrays',
      [
        { _id: 1, a: [{ b: 1 }, { b: 2 }] },
        { _id: 2, a: { b: 2 } },
      ],
      async ({ things }) => {
        expect(await things.distinct('a.b')).toEqual([1, 2]);
      },
    ],
    [
      'distinct keeps null and leaves missing away',
      [{ _id: 1, a: null }, { _id: 2 }, { _id: 3, a: 1 }],
      async ({ things }) => {
        expect(await things.distinct('a')).toEqual([null, 1]);
      },
    ],
    [
      'distinct sees equal numbers of two types as one',
      [
        { _id: 1, a: 1 },
        { _id: 2, a: new Double(1) },
      ],
      async ({ things }) => {
        expect(await things.distinct('a')).toEqual([1]);
      },
    ],
    [
      'distinct of what is not there is empty',
      [],
      async ({ things }) => {
        expect(await things.distinct('a')).toEqual([]);
      },
    ],
  ],
);

describeMongo('deleting and counting', deletes, counts);
