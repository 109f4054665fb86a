import { Decimal128, Double, Long } from 'bson';
import { describeMongo } from './subject.js';
import { aggregations } from './tables.js';

const long = (text: string): Long => Long.fromString(text);
const double = (value: number): Double => new Double(value);

const sales = [
  { _id: 1, item: 'abc', price: 10, quantity: 2, tags: ['x', 'y'] },
  { _id: 2, item: 'jkl', price: 20, quantity: 1, tags: [] },
  { _id: 3, item: 'abc', price: 10, quantity: 5, tags: ['x'] },
  { _id: 4, item: 'xyz', price: double(5.5), quantity: 10, tags: null },
  { _id: 5, item: 'abc', quantity: 1 },
];

const stages = aggregations({ area: 'stages', source: 'MongoDB manual: Aggregation Stages' }, sales, [
  ['an empty pipeline gives everything', [], sales],
  ['$match filters', [{ $match: { item: 'jkl' } }], [sales[1] ?? {}]],
  [
    '$match after other stages sees their fields',
    [
      { $set: { t: { $multiply: ['$price', '$quantity'] } } },
      { $match: { t: { $gte: 50 } } },
      { $sort: { _id: 1 } },
      { $project: { t: 1 } },
    ],
    [
      { _id: 3, t: 50 },
      { _id: 4, t: double(55) },
    ],
  ],
  [
    '$sort sorts',
    [{ $sort: { price: -1, _id: 1 } }, { $project: { _id: 1 } }],
    [2, 1, 3, 4, 5].map((_id) => ({ _id })),
  ],
  [
    '$limit takes the first',
    [{ $sort: { _id: 1 } }, { $limit: 2 }, { $project: { _id: 1 } }],
    [{ _id: 1 }, { _id: 2 }],
  ],
  [
    '$skip leaves the first away',
    [{ $sort: { _id: 1 } }, { $skip: 3 }, { $project: { _id: 1 } }],
    [{ _id: 4 }, { _id: 5 }],
  ],
  [
    '$skip after $limit',
    [{ $sort: { _id: 1 } }, { $limit: 3 }, { $skip: 2 }, { $project: { _id: 1 } }],
    [{ _id: 3 }],
  ],
  ['$count counts', [{ $match: { item: 'abc' } }, { $count: 'n' }], [{ n: 3 }]],
  ['$count of nothing gives nothing', [{ $match: { item: 'no' } }, { $count: 'n' }], []],
  ['$project includes', [{ $match: { _id: 1 } }, { $project: { item: 1 } }], [{ _id: 1, item: 'abc' }]],
  [
    '$project excludes',
    [{ $match: { _id: 1 } }, { $project: { tags: 0, price: 0 } }],
    [{ _id: 1, item: 'abc', quantity: 2 }],
  ],
  [
    '$project computes',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, total: { $multiply: ['$price', '$quantity'] } } }],
    [{ total: 20 }],
  ],
  ['$project renames', [{ $match: { _id: 1 } }, { $project: { _id: 0, name: '$item' } }], [{ name: 'abc' }]],
  [
    '$project of a missing field leaves it away',
    [{ $match: { _id: 5 } }, { $project: { _id: 0, p: '$price', item: 1 } }],
    [{ item: 'abc' }],
  ],
  [
    '$project computes nested fields',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, a: { b: '$item', c: { $add: ['$price', 1] } } } }],
    [{ a: { b: 'abc', c: 11 } }],
  ],
  [
    '$project computes a dotted field',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, 'a.b': '$item' } }],
    [{ a: { b: 'abc' } }],
  ],
  [
    '$project makes arrays',
    [{ $match: { _id: 5 } }, { $project: { _id: 0, both: ['$item', '$price'] } }],
    [{ both: ['abc', null] }],
  ],
  [
    '$project takes literals',
    [{ $match: { _id: 1 } }, { $project: { _id: 0, one: { $literal: 1 }, text: { $literal: '$item' } } }],
    [{ one: 1, text: '$item' }],
  ],
  [
    '$set adds and replaces',
    [{ $match: { _id: 1 } }, { $set: { price: 1, 'n.m': 2 } }],
    [{ _id: 1, item: 'abc', price: 1, quantity: 2, tags: ['x', 'y'], n: { m: 2 } }],
  ],
  [
    '$addFields keeps the place of what it replaces',
    [{ $match: { _id: 2 } }, { $addFields: { item: '$price' } }],
    [{ _id: 2, item: 20, price: 20, quantity: 1, tags: [] }],
  ],
  [
    '$unset removes',
    [{ $match: { _id: 2 } }, { $unset: ['tags', 'price'] }],
    [{ _id: 2, item: 'jkl', quantity: 1 }],
  ],
  [
    '$unwind gives a document for each item',
    [{ $unwind: '$tags' }, { $sort: { _id: 1, tags: 1 } }, { $project: { tags: 1 } }],
    [
      { _id: 1, tags: 'x' },
      { _id: 1, tags: 'y' },
      { _id: 3, tags: 'x' },
    ],
  ],
  [
    '$unwind keeps what has no items when asked',
    [
      { $unwind: { path: '$tags', preserveNullAndEmptyArrays: true } },
      { $sort: { _id: 1, tags: 1 } },
      { $project: { tags: 1 } },
    ],
    [
      { _id: 1, tags: 'x' },
      { _id: 1, tags: 'y' },
      { _id: 2 },
      { _id: 3, tags: 'x' },
      { _id: 4, tags: null },
      { _id: 5 },
    ],
  ],
  [
    '$unwind numbers the items with longs',
    [
      { $match: { _id: 1 } },
      { $unwind: { path: '$tags', includeArrayIndex: 'at' } },
      { $project: { at: 1 } },
    ],
    [
      { _id: 1, at: long('0') },
      { _id: 1, at: long('1') },
    ],
  ],
  [
    '$unwind treats a scalar as one item without a number',
    [
      { $match: { _id: 1 } },
      { $unwind: { path: '$item', includeArrayIndex: 'at' } },
      { $project: { item: 1, at: 1 } },
    ],
    [{ _id: 1, item: 'abc', at: null }],
  ],
  [
    '$replaceRoot gives another document',
    [{ $match: { _id: 1 } }, { $replaceRoot: { newRoot: { i: '$item', p: '$price' } } }],
    [{ i: 'abc', p: 10 }],
  ],
  [
    '$replaceWith gives another document',
    [
      { $match: { _id: 1 } },
      { $replaceWith: { $mergeObjects: [{ a: 1 }, '$$ROOT'] } },
      { $project: { tags: 0 } },
    ],
    [{ a: 1, _id: 1, item: 'abc', price: 10, quantity: 2 }],
  ],
  ['$sortByCount groups and sorts', [{ $sortByCount: '$item' }, { $limit: 1 }], [{ _id: 'abc', count: 3 }]],
  [
    '$group by a field',
    [{ $group: { _id: '$item', n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
    [
      { _id: 'abc', n: 3 },
      { _id: 'jkl', n: 1 },
      { _id: 'xyz', n: 1 },
    ],
  ],
  [
    '$group by null makes one group',
    [{ $group: { _id: null, n: { $sum: '$quantity' } } }],
    [{ _id: null, n: 19 }],
  ],
  [
    '$group by an object',
    [{ $match: { price: 10 } }, { $group: { _id: { i: '$item', p: '$price' }, n: { $sum: 1 } } }],
    [{ _id: { i: 'abc', p: 10 }, n: 2 }],
  ],
  [
    '$group by a missing field groups under null',
    [{ $group: { _id: '$price', n: { $sum: 1 } } }, { $match: { _id: null } }],
    [{ _id: null, n: 1 }],
  ],
  [
    '$group by an expression',
    [{ $group: { _id: { $gt: ['$quantity', 2] }, n: { $sum: 1 } } }, { $sort: { _id: 1 } }],
    [
      { _id: false, n: 3 },
      { _id: true, n: 2 },
    ],
  ],
  [
    '$group without fields gives the distinct values',
    [{ $group: { _id: '$item' } }, { $sort: { _id: 1 } }],
    [{ _id: 'abc' }, { _id: 'jkl' }, { _id: 'xyz' }],
  ],
]);

const accumulators = aggregations(
  { area: 'accumulators', source: 'MongoDB manual: $group, Accumulator Operators' },
  [
    { _id: 1, g: 'a', n: 1, t: 'x' },
    { _id: 2, g: 'a', n: double(2.5), t: 'y' },
    { _id: 3, g: 'a', n: long('4'), t: 'x' },
    { _id: 4, g: 'b', n: null, t: 'z' },
    { _id: 5, g: 'b', n: 'text' },
    { _id: 6, g: 'c', n: long('9007199254740993') },
    { _id: 7, g: 'c', n: long('2') },
    { _id: 8, g: 'd', n: Decimal128.fromString('0.1') },
    { _id: 9, g: 'd', n: 1 },
    { _id: 10, g: 'e', n: 2147483647 },
    { _id: 11, g: 'e', n: 1 },
  ],
  [
    [
      '$sum adds numbers, a double wins',
      [{ $match: { g: 'a' } }, { $group: { _id: '$g', r: { $sum: '$n' } } }],
      [{ _id: 'a', r: double(7.5) }],
    ],
    [
      '$sum ignores what is no number',
      [{ $match: { g: 'b' } }, { $group: { _id: '$g', r: { $sum: '$n' } } }],
      [{ _id: 'b', r: 0 }],
    ],
    [
      '$sum of longs is exact',
      [{ $match: { g: 'c' } }, { $group: { _id: '$g', r: { $sum: '$n' } } }],
      [{ _id: 'c', r: long('9007199254740995') }],
    ],
    [
      '$sum with a decimal is a decimal',
      [{ $match: { g: 'd' } }, { $group: { _id: '$g', r: { $sum: '$n' } } }],
      [{ _id: 'd', r: Decimal128.fromString('1.1') }],
    ],
    [
      '$sum of ints beyond an int is a long',
      [{ $match: { g: 'e' } }, { $group: { _id: '$g', r: { $sum: '$n' } } }],
      [{ _id: 'e', r: long('2147483648') }],
    ],
    ['$sum of a constant counts', [{ $group: { _id: null, r: { $sum: 2 } } }], [{ _id: null, r: 22 }]],
    [
      '$avg is a double',
      [{ $match: { g: 'a' } }, { $group: { _id: '$g', r: { $avg: '$n' } } }],
      [{ _id: 'a', r: double(2.5) }],
    ],
    [
      '$avg of decimals is a decimal',
      [{ $match: { g: 'd' } }, { $group: { _id: '$g', r: { $avg: '$n' } } }],
      [{ _id: 'd', r: Decimal128.fromString('0.55') }],
    ],
    [
      '$avg of nothing is null',
      [{ $match: { g: 'b' } }, { $group: { _id: '$g', r: { $avg: '$n' } } }],
      [{ _id: 'b', r: null }],
    ],
    [
      '$min leaves null away',
      [{ $match: { g: { $in: ['a', 'b'] } } }, { $group: { _id: null, r: { $min: '$n' } } }],
      [{ _id: null, r: 1 }],
    ],
    [
      '$max follows the order of types',
      [{ $match: { g: { $in: ['a', 'b'] } } }, { $group: { _id: null, r: { $max: '$n' } } }],
      [{ _id: null, r: 'text' }],
    ],
    [
      '$min of only null is null',
      [{ $match: { _id: 4 } }, { $group: { _id: null, r: { $min: '$n' } } }],
      [{ _id: null, r: null }],
    ],
    [
      '$first takes the first',
      [{ $sort: { _id: 1 } }, { $match: { g: 'b' } }, { $group: { _id: '$g', r: { $first: '$t' } } }],
      [{ _id: 'b', r: 'z' }],
    ],
    [
      '$last of a missing field is null',
      [{ $sort: { _id: 1 } }, { $match: { g: 'b' } }, { $group: { _id: '$g', r: { $last: '$t' } } }],
      [{ _id: 'b', r: null }],
    ],
    [
      '$push gathers in order and leaves missing away',
      [
        { $sort: { _id: 1 } },
        { $match: { g: { $in: ['a', 'b'] } } },
        { $group: { _id: null, r: { $push: '$t' } } },
      ],
      [{ _id: null, r: ['x', 'y', 'x', 'z'] }],
    ],
    [
      '$push takes objects',
      [{ $match: { _id: 1 } }, { $group: { _id: null, r: { $push: { n: '$n', t: '$t' } } } }],
      [{ _id: null, r: [{ n: 1, t: 'x' }] }],
    ],
    [
      '$addToSet gathers each once',
      [{ $match: { t: 'x' } }, { $group: { _id: null, r: { $addToSet: '$t' } } }],
      [{ _id: null, r: ['x'] }],
    ],
    [
      '$count counts',
      [{ $match: { g: 'a' } }, { $group: { _id: '$g', r: { $count: {} } } }],
      [{ _id: 'a', r: 3 }],
    ],
    [
      '$mergeObjects merges',
      [
        { $sort: { _id: 1 } },
        { $match: { _id: { $lt: 3 } } },
        { $group: { _id: null, r: { $mergeObjects: { t: '$t', n: '$n' } } } },
      ],
      [{ _id: null, r: { t: 'y', n: double(2.5) } }],
    ],
  ],
);

const refused = aggregations(
  { area: 'pipelines that are refused', source: "MongoDB manual: aggregate; the server's uassert codes" },
  sales,
  [
    ['an unknown stage', [{ $nope: 1 }], 40324],
    ['a stage with two names', [{ $match: {}, $limit: 1 }], 40323],
    ['an empty stage', [{}], 40323],
    ['$match of a text', [{ $match: 'x' }] as never, 15959],
    ['$limit of 0', [{ $limit: 0 }], 15958],
    ['$skip of a negative number', [{ $skip: -1 }], 5107200],
    ['$limit of a text', [{ $limit: 'x' }] as never, 5107201],
    ['$sort of nothing', [{ $sort: {} }], 15976],
    ['$sort by 2', [{ $sort: { a: 2 } }] as never, 15975],
    ['$sort of a number', [{ $sort: 1 }] as never, 15973],
    ['$group without _id', [{ $group: { n: { $sum: 1 } } }] as never, 15955],
    ['$group of a number', [{ $group: 1 }] as never, 15947],
    ['$group with a field that is no accumulator', [{ $group: { _id: null, n: '$x' } }], 40234],
    ['$group with two accumulators for a field', [{ $group: { _id: null, n: { $sum: 1, $avg: 1 } } }], 40238],
    ['$group with an unknown accumulator', [{ $group: { _id: null, n: { $nope: 1 } } }], 15952],
    ['$project of nothing', [{ $project: {} }], 51272],
    ['$project that includes and excludes', [{ $project: { a: 1, b: 0 } }], 31254],
    ['$unwind without a dollar', [{ $unwind: 'tags' }], 28818],
    ['$unwind without a path', [{ $unwind: {} }] as never, 28812],
    ['$count of an empty name', [{ $count: '' }], 40157],
    ['$count of a number', [{ $count: 1 }] as never, 40156],
    ['$count with a dollar', [{ $count: '$n' }], 40158],
    ['$count with a dot', [{ $count: 'a.b' }], 40160],
    ['$replaceRoot of a scalar', [{ $replaceRoot: { newRoot: '$item' } }], 40228],
    ['$set of a text', [{ $set: 'x' }] as never, 40272],
    ['an unknown expression', [{ $set: { a: { $nope: 1 } } }], 168],
    ['an unknown expression in $project', [{ $project: { a: { $nope: 1 } } }], 31325],
  ],
);

describeMongo('aggregation', stages, accumulators, refused);
