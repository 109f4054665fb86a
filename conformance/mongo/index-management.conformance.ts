import { describeMongo } from './subject.js';
import { refusals, scenarios } from './tables.js';

const three = [
  { _id: 1, a: 1, b: 1 },
  { _id: 2, a: 1, b: 2 },
  { _id: 3, a: 2, b: 1 },
];

const making = scenarios(
  {
    area: 'making and listing indexes',
    source: 'Index management specification; MongoDB manual: createIndexes, listIndexes',
  },
  [
    [
      'createIndex names an index after its fields',
      three,
      async ({ things }) => {
        expect(await things.createIndex({ a: 1, b: -1 }, {}, {})).toBe('a_1_b_-1');
        expect((await things.indexes()).map(({ name, key }) => [name, key])).toEqual([
          ['_id_', { _id: 1 }],
          ['a_1_b_-1', { a: 1, b: -1 }],
        ]);
      },
    ],
    [
      'createIndex takes a name',
      three,
      async ({ things }) => {
        expect(await things.createIndex({ a: 1 }, { name: 'mine' }, {})).toBe('mine');
        expect(await things.indexExists('mine')).toBe(true);
      },
    ],
    [
      'createIndexes makes several',
      three,
      async ({ things }) => {
        expect(await things.createIndexes([{ key: { a: 1 } }, { key: { b: 1 }, unique: false }])).toEqual([
          'a_1',
          'b_1',
        ]);
      },
    ],
    [
      'creating an index makes the collection',
      [],
      async ({ database, things }) => {
        const answer = await database.command({
          createIndexes: things.collectionName,
          indexes: [{ key: { a: 1 }, name: 'a_1' }],
        });
        expect(answer).toMatchObject({
          numIndexesBefore: 1,
          numIndexesAfter: 2,
          createdCollectionAutomatically: true,
        });
      },
    ],
    [
      'creating what is there changes nothing',
      three,
      async ({ database, things }) => {
        await things.createIndex({ a: 1 }, {}, {});
        const answer = await database.command({
          createIndexes: things.collectionName,
          indexes: [{ key: { a: 1 }, name: 'a_1' }],
        });
        expect(answer).toMatchObject({
          numIndexesBefore: 2,
          numIndexesAfter: 2,
          note: 'all indexes already exist',
        });
      },
    ],
    [
      'creating the index of the _id changes nothing',
      three,
      async ({ things }) => {
        await things.createIndex({ _id: 1 }, {}, {});
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'the options of an index are listed',
      three,
      async ({ things }) => {
        await things.createIndex({ a: 1, b: 1 }, { unique: true }, {});
        await things.createIndex({ c: 1 }, { sparse: true }, {});
        await things.createIndex({ d: 1 }, { partialFilterExpression: { a: { $gt: 1 } } }, {});
        const [, unique, sparse, partial] = await things.indexes();
        expect(unique).toMatchObject({ v: 2, key: { a: 1, b: 1 }, name: 'a_1_b_1', unique: true });
        expect(sparse).toMatchObject({ key: { c: 1 }, sparse: true });
        expect(partial).toMatchObject({ key: { d: 1 }, partialFilterExpression: { a: { $gt: 1 } } });
      },
    ],
    [
      'an index may have keys of nested fields',
      [{ _id: 1, a: { b: 1 } }],
      async ({ things }) => {
        expect(await things.createIndex({ 'a.b': 1 }, {}, {})).toBe('a.b_1');
        expect(await things.find({ 'a.b': 1 }, { hint: 'a.b_1' }).toArray()).toHaveLength(1);
      },
    ],
    [
      'two indexes of the same keys may differ in their partial filter',
      three,
      async ({ things }) => {
        await things.createIndex({ a: 1 }, { name: 'low', partialFilterExpression: { b: { $lt: 2 } } }, {});
        await things.createIndex({ a: 1 }, { name: 'high', partialFilterExpression: { b: { $gte: 2 } } }, {});
        expect(await things.indexes()).toHaveLength(3);
      },
    ],
  ],
);

const dropping = scenarios(
  { area: 'dropping indexes', source: 'Index management specification; MongoDB manual: dropIndexes' },
  [
    [
      'by name',
      three,
      async ({ things }) => {
        await things.createIndex({ a: 1 }, {}, {});
        expect(await things.dropIndex('a_1')).toMatchObject({ nIndexesWas: 2, ok: 1 });
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'by keys',
      three,
      async ({ database, things }) => {
        await things.createIndex({ a: 1, b: -1 }, {}, {});
        await database.command({ dropIndexes: things.collectionName, index: { a: 1, b: -1 } });
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'several by name',
      three,
      async ({ database, things }) => {
        await things.createIndexes([{ key: { a: 1 } }, { key: { b: 1 } }]);
        await database.command({ dropIndexes: things.collectionName, index: ['a_1', 'b_1'] });
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'all but that of the _id',
      three,
      async ({ things }) => {
        await things.createIndexes([{ key: { a: 1 } }, { key: { b: 1 } }]);
        expect(await things.dropIndexes()).toBe(true);
        expect(await things.indexes()).toHaveLength(1);
      },
    ],
    [
      'a dropped unique index refuses nothing any more',
      three,
      async ({ things }) => {
        await things.createIndex({ a: 1, b: 1 }, { unique: true }, {});
        await things.dropIndex('a_1_b_1');
        await things.insertOne({ a: 1, b: 1 });
        expect(await things.countDocuments({ a: 1, b: 1 })).toBe(2);
      },
    ],
  ],
);

const refused = refusals(
  { area: 'indexes that are refused', source: 'MongoDB manual: createIndexes, dropIndexes; error_codes' },
  three,
  [
    [
      'the same name with other keys',
      async ({ things }) => {
        await things.createIndex({ a: 1 }, { name: 'mine' }, {});
        return things.createIndex({ b: 1 }, { name: 'mine' }, {});
      },
      86,
    ],
    [
      'the same name and keys with other options',
      async ({ things }) => {
        await things.createIndex({ b: 1 }, {}, {});
        return things.createIndex({ b: 1 }, { unique: true }, {});
      },
      86,
    ],
    [
      'the same keys with another name',
      async ({ things }) => {
        await things.createIndex({ a: 1 }, {}, {});
        return things.createIndex({ a: 1 }, { name: 'mine' }, {});
      },
      85,
    ],
    [
      'no keys',
      ({ database, things }) =>
        database.command({ createIndexes: things.collectionName, indexes: [{ key: {}, name: 'x' }] }),
      67,
    ],
    [
      'a direction of 0',
      ({ database, things }) =>
        database.command({ createIndexes: things.collectionName, indexes: [{ key: { a: 0 }, name: 'x' }] }),
      67,
    ],
    [
      'an unknown option',
      ({ database, things }) =>
        database.command({
          createIndexes: things.collectionName,
          indexes: [{ key: { a: 1 }, name: 'x', nonsense: 1 }],
        }),
      197,
    ],
    [
      'no indexes',
      ({ database, things }) => database.command({ createIndexes: things.collectionName, indexes: [] }),
      2,
    ],
    [
      'sparse and partial together',
      ({ things }) => things.createIndex({ a: 1 }, { sparse: true, partialFilterExpression: { b: 1 } }, {}),
      67,
    ],
    [
      'two arrays in one index',
      async ({ things }) => {
        await things.createIndex({ x: 1, y: 1 }, {}, {});
        return things.insertOne({ x: [1], y: [1] });
      },
      171,
    ],
    ['dropping an index that is not there', ({ things }) => things.dropIndex('nope'), 27],
    ['dropping the index of the _id', ({ things }) => things.dropIndex('_id_'), 72],
    [
      'dropping in a collection that is not there',
      ({ database }) => database.command({ dropIndexes: 'nowhere', index: '*' }),
      26,
    ],
    [
      'listing in a collection that is not there',
      ({ database }) => database.command({ listIndexes: 'nowhere' }),
      26,
    ],
  ],
);

describeMongo('index management', making, dropping, refused);
