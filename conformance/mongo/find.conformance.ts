import { Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { describeMongo } from './subject.js';
import { finds, refusals, scenarios } from './tables.js';

const people = [
  {
    _id: 1,
    name: 'a',
    n: { first: 'A', last: 'X' },
    tags: ['x', 'y', 'z'],
    items: [
      { p: 1, q: 1 },
      { p: 2, q: 2 },
    ],
  },
  { _id: 2, name: 'b', tags: 'x', n: 5, items: [1, { p: 3 }, [{ p: 4, q: 4 }]] },
];

const projection = finds(
  { area: 'projection', source: 'MongoDB manual: Project Fields to Return; Projection' },
  people,
  [
    [
      'includes named fields and the _id',
      { projection: { name: 1 } },
      [
        { _id: 1, name: 'a' },
        { _id: 2, name: 'b' },
      ],
    ],
    ['leaves the _id away when asked', { projection: { name: 1, _id: 0 } }, [{ name: 'a' }, { name: 'b' }]],
    ['takes booleans', { projection: { name: true, _id: false } }, [{ name: 'a' }, { name: 'b' }]],
    ['takes any number but 0 as true', { projection: { name: 7, _id: 0 } }, [{ name: 'a' }, { name: 'b' }]],
    [
      'excludes named fields',
      { projection: { n: 0, tags: 0, items: 0 } },
      [
        { _id: 1, name: 'a' },
        { _id: 2, name: 'b' },
      ],
    ],
    ['of _id alone gives only the _id', { projection: { _id: 1 } }, [{ _id: 1 }, { _id: 2 }]],
    [
      'keeps the order of the document',
      { projection: { tags: 1, name: 1 }, limit: 1 },
      [{ _id: 1, name: 'a', tags: ['x', 'y', 'z'] }],
    ],
    ['of a missing field gives nothing for it', { projection: { zzz: 1 } }, [{ _id: 1 }, { _id: 2 }]],
    [
      'goes into objects and drops scalars there',
      { projection: { 'n.first': 1 } },
      [{ _id: 1, n: { first: 'A' } }, { _id: 2 }],
    ],
    [
      'takes nested objects as paths',
      { projection: { n: { first: 1 } } },
      [{ _id: 1, n: { first: 'A' } }, { _id: 2 }],
    ],
    [
      'goes into the items of arrays, of arrays in them too',
      { projection: { 'items.p': 1 } },
      [
        { _id: 1, items: [{ p: 1 }, { p: 2 }] },
        { _id: 2, items: [{ p: 3 }, [{ p: 4 }]] },
      ],
    ],
    [
      'excludes in the items of arrays',
      { projection: { 'items.p': 0, tags: 0, n: 0, name: 0 } },
      [
        { _id: 1, items: [{ q: 1 }, { q: 2 }] },
        { _id: 2, items: [1, {}, [{ q: 4 }]] },
      ],
    ],
    [
      'excludes in objects',
      { projection: { 'n.first': 0, tags: 0, items: 0 } },
      [
        { _id: 1, name: 'a', n: { last: 'X' } },
        { _id: 2, name: 'b', n: 5 },
      ],
    ],
    [
      '_id 0 alone excludes only the _id',
      { projection: { _id: 0 }, limit: 1 },
      people.slice(0, 1).map(({ _id, ...rest }) => rest),
    ],
    [
      '$slice takes the first items and keeps other fields',
      { projection: { tags: { $slice: 2 }, items: 0 } },
      [
        { ...people[0], tags: ['x', 'y'], items: undefined },
        { _id: 2, name: 'b', tags: 'x', n: 5 },
      ],
    ],
    [
      '$slice takes the last items',
      { projection: { name: 1, tags: { $slice: -1 } }, limit: 1 },
      [{ _id: 1, name: 'a', tags: ['z'] }],
    ],
    [
      '$slice skips and takes',
      { projection: { name: 1, tags: { $slice: [1, 1] } }, limit: 1 },
      [{ _id: 1, name: 'a', tags: ['y'] }],
    ],
    [
      '$slice skips from the end',
      { projection: { name: 1, tags: { $slice: [-2, 1] } }, limit: 1 },
      [{ _id: 1, name: 'a', tags: ['y'] }],
    ],
    [
      '$slice beyond the end is empty',
      { projection: { name: 1, tags: { $slice: [9, 1] } }, limit: 1 },
      [{ _id: 1, name: 'a', tags: [] }],
    ],
    [
      '$elemMatch gives the first item that matches',
      { projection: { items: { $elemMatch: { p: { $gt: 1 } } } } },
      [
        { _id: 1, items: [{ p: 2, q: 2 }] },
        { _id: 2, items: [{ p: 3 }] },
      ],
    ],
    [
      '$elemMatch without a match gives no field',
      { projection: { items: { $elemMatch: { p: 9 } } } },
      [{ _id: 1 }, { _id: 2 }],
    ],
  ],
);

const badProjection = refusals(
  { area: 'projection', source: 'MongoDB manual: Projection Restrictions' },
  people,
  [
    [
      'an exclusion in an inclusion is refused',
      ({ things }) => things.find({}, { projection: { a: 1, b: 0 } }).toArray(),
      31254,
    ],
    [
      'an inclusion in an exclusion is refused',
      ({ things }) => things.find({}, { projection: { a: 0, b: 1 } }).toArray(),
      31253,
    ],
    [
      'a path and a part of it are refused',
      ({ things }) => things.find({}, { projection: { 'a.b': 1, a: 1 } }).toArray(),
      31249,
    ],
    [
      'a part after its path is refused',
      ({ things }) => things.find({}, { projection: { a: 1, 'a.b': 1 } }).toArray(),
      31249,
    ],
  ],
);

const values = [
  { _id: 1, v: new MaxKey() },
  { _id: 2, v: /x/ },
  { _id: 3, v: new Timestamp({ t: 1, i: 1 }) },
  { _id: 4, v: new Date(0) },
  { _id: 5, v: false },
  { _id: 6, v: new ObjectId('64b7f0000000000000000001') },
  { _id: 7, v: Buffer.from('x') },
  { _id: 8, v: { a: 1 } },
  { _id: 9, v: 'text' },
  { _id: 10, v: new Double(1.5) },
  { _id: 11, v: null },
  { _id: 12, v: new MinKey() },
  { _id: 13, v: Long.fromNumber(2) },
  { _id: 14, v: Decimal128.fromString('1.75') },
  { _id: 15, v: new Int32(1) },
  { _id: 16, v: true },
  { _id: 17, v: new Double(Number.NaN) },
  { _id: 18, v: new Double(-Infinity) },
];
const upwards = [12, 11, 17, 18, 15, 10, 14, 13, 9, 8, 7, 6, 5, 16, 4, 3, 2, 1];

const typeOrder = finds(
  { area: 'the order of types', source: 'MongoDB manual: Comparison/Sort Order' },
  values,
  [
    [
      'sorts values of all types upwards',
      { sort: { v: 1 }, projection: { _id: 1 } },
      upwards.map((_id) => ({ _id })),
    ],
    [
      'sorts values of all types downwards',
      { sort: { v: -1 }, projection: { _id: 1 } },
      [...upwards].reverse().map((_id) => ({ _id })),
    ],
  ],
);

const indexedOrder = scenarios(
  { area: 'the order of types', source: 'MongoDB manual: Comparison/Sort Order; Use Indexes to Sort' },
  [
    [
      'is the same through an index',
      values,
      async ({ things }) => {
        await things.createIndex({ v: 1 }, {}, {});
        for (const direction of [1, -1] as const) {
          const found = await things.find({}, { sort: { v: direction }, hint: { v: 1 } }).toArray();
          const expected = direction === 1 ? upwards : [...upwards].reverse();
          expect(found.map((document): unknown => document._id)).toEqual(expected);
        }
      },
    ],
  ],
);

const ids = (...wanted: number[]): { _id: number }[] => wanted.map((_id) => ({ _id }));
const sort = finds(
  { area: 'sort, skip and limit', source: 'MongoDB manual: cursor.sort(), cursor.skip(), cursor.limit()' },
  [
    { _id: 1, a: [3, 7], b: 'B', o: { x: 1, y: 2 } },
    { _id: 2, a: 5, b: 'a', o: { x: 1 } },
    { _id: 3, a: [], b: 'a', o: { y: 1 } },
    { _id: 4, a: [1, 9], b: 'b', o: { x: 0, y: 9 } },
    { _id: 5, a: null, b: 'b' },
    { _id: 6, b: '' },
  ],
  [
    [
      'an array counts upwards by its least item',
      { sort: { a: 1, _id: 1 }, projection: { _id: 1 } },
      ids(3, 5, 6, 4, 1, 2),
    ],
    [
      'an array counts downwards by its greatest item',
      { sort: { a: -1, _id: 1 }, projection: { _id: 1 } },
      ids(4, 1, 2, 5, 6, 3),
    ],
    ['texts sort by their bytes', { sort: { b: 1, _id: 1 }, projection: { _id: 1 } }, ids(6, 1, 2, 3, 4, 5)],
    [
      'a second key decides among equals',
      { sort: { b: 1, _id: -1 }, projection: { _id: 1 } },
      ids(6, 1, 3, 2, 5, 4),
    ],
    [
      'objects sort by their fields in order',
      { sort: { o: 1, _id: 1 }, projection: { _id: 1 } },
      ids(5, 6, 4, 2, 1, 3),
    ],
    [
      'sorts by a nested field',
      { sort: { 'o.x': 1, _id: 1 }, projection: { _id: 1 } },
      ids(3, 5, 6, 4, 1, 2),
    ],
    [
      'sorts by the position in an array',
      { sort: { 'a.1': -1, _id: 1 }, projection: { _id: 1 } },
      ids(4, 1, 2, 3, 5, 6),
    ],
    ['skip leaves the first away', { skip: 4, projection: { _id: 1 } }, ids(5, 6)],
    ['limit takes the first', { limit: 2, projection: { _id: 1 } }, ids(1, 2)],
    ['skip comes before limit', { skip: 1, limit: 2, projection: { _id: 1 } }, ids(2, 3)],
    ['limit 0 is no limit', { limit: 0, projection: { _id: 1 } }, ids(1, 2, 3, 4, 5, 6)],
    ['a negative limit is a single batch of that many', { limit: -2, projection: { _id: 1 } }, ids(1, 2)],
    ['skip beyond the end finds nothing', { skip: 10 }, []],
    [
      'sort, skip and limit work together',
      { sort: { b: -1, _id: 1 }, skip: 1, limit: 2, projection: { _id: 1 } },
      ids(5, 2),
    ],
  ],
);

const badSort = refusals(
  { area: 'sort, skip and limit', source: 'MongoDB manual: find' },
  [],
  [
    ['a sort by 2 is refused', ({ database }) => database.command({ find: 'x', sort: { a: 2 } }), 15975],
    ['a negative skip is refused', ({ database }) => database.command({ find: 'x', skip: -1 }), 51024],
    [
      'a negative batch size is refused',
      ({ database }) => database.command({ find: 'x', batchSize: -1 }),
      51024,
    ],
    [
      'an unknown hint is refused',
      ({ database, things }) =>
        things.insertOne({}).then(() => database.command({ find: things.collectionName, hint: 'nope' })),
      2,
    ],
  ],
);

describeMongo('find', projection, badProjection, typeOrder, indexedOrder, sort, badSort);
