import { Double } from 'bson';
import { describeMongo } from './subject.js';
import { updates } from './tables.js';

const double = (value: number): Double => new Double(value);

const push = updates({ area: '$push', source: 'MongoDB manual: $push' }, [
  ['appends a value', { a: [1] }, { $push: { a: 2 } }, { a: [1, 2] }],
  ['makes the array', {}, { $push: { a: 2 } }, { a: [2] }],
  ['appends an array as one item', { a: [1] }, { $push: { a: [2, 3] } }, { a: [1, [2, 3]] }],
  ['$each appends its values', { a: [1] }, { $push: { a: { $each: [2, 3] } } }, { a: [1, 2, 3] }],
  ['$each of nothing makes an empty array', {}, { $push: { a: { $each: [] } } }, { a: [] }],
  [
    '$position inserts',
    { a: [1, 4] },
    { $push: { a: { $each: [2, 3], $position: 1 } } },
    { a: [1, 2, 3, 4] },
  ],
  [
    '$position beyond the end appends',
    { a: [1] },
    { $push: { a: { $each: [2], $position: 9 } } },
    { a: [1, 2] },
  ],
  [
    '$position counts from the end',
    { a: [1, 2, 4] },
    { $push: { a: { $each: [3], $position: -1 } } },
    { a: [1, 2, 3, 4] },
  ],
  [
    '$position before the beginning inserts there',
    { a: [2] },
    { $push: { a: { $each: [1], $position: -5 } } },
    { a: [1, 2] },
  ],
  ['$slice keeps the first', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 2 } } }, { a: [1, 2] }],
  ['$slice keeps the last', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: -2 } } }, { a: [2, 3] }],
  ['$slice 0 empties', { a: [1, 2] }, { $push: { a: { $each: [3], $slice: 0 } } }, { a: [] }],
  [
    '$sort sorts the whole array',
    { a: [3, 1] },
    { $push: { a: { $each: [2], $sort: 1 } } },
    { a: [1, 2, 3] },
  ],
  ['$sort -1 sorts downwards', { a: [3, 1] }, { $push: { a: { $each: [2], $sort: -1 } } }, { a: [3, 2, 1] }],
  [
    '$sort by a field of the items',
    { a: [{ s: 2 }, { s: 1 }] },
    { $push: { a: { $each: [{ s: 0 }], $sort: { s: 1 } } } },
    { a: [{ s: 0 }, { s: 1 }, { s: 2 }] },
  ],
  [
    '$sort comes before $slice',
    { a: [5, 1] },
    { $push: { a: { $each: [3], $slice: 2, $sort: 1 } } },
    { a: [1, 3] },
  ],
  [
    '$sort follows the order of types',
    { a: ['x', null] },
    { $push: { a: { $each: [1], $sort: 1 } } },
    { a: [null, 1, 'x'] },
  ],
  ['$push to a scalar is refused', { a: 1 }, { $push: { a: 2 } }, 2],
  ['$each without an array is refused', { a: [] }, { $push: { a: { $each: 1 } } }, 2],
  ['an unknown modifier is refused', { a: [] }, { $push: { a: { $each: [1], $foo: 1 } } }, 2],
  ['$slice by a fraction is refused', { a: [] }, { $push: { a: { $each: [1], $slice: 1.5 } } }, 2],
  ['$sort by 2 is refused', { a: [] }, { $push: { a: { $each: [1], $sort: 2 } } }, 2],
]);

const addToSet = updates({ area: '$addToSet', source: 'MongoDB manual: $addToSet' }, [
  ['adds what is not there', { a: [1] }, { $addToSet: { a: 2 } }, { a: [1, 2] }],
  ['does not add what is there', { a: [1, 2] }, { $addToSet: { a: 2 } }, { a: [1, 2] }],
  ['makes the array', {}, { $addToSet: { a: 1 } }, { a: [1] }],
  ['adds an array as one item', { a: [1] }, { $addToSet: { a: [1, 2] } }, { a: [1, [1, 2]] }],
  ['$each adds each once', { a: [1] }, { $addToSet: { a: { $each: [1, 2, 2, 3] } } }, { a: [1, 2, 3] }],
  ['equal numbers of two types are one', { a: [1] }, { $addToSet: { a: double(1) } }, { a: [1] }],
  [
    'objects are equal with the same order of keys only',
    { a: [{ x: 1, y: 2 }] },
    { $addToSet: { a: { y: 2, x: 1 } } },
    {
      a: [
        { x: 1, y: 2 },
        { y: 2, x: 1 },
      ],
    },
  ],
  ['leaves what was twice in the array', { a: [1, 1] }, { $addToSet: { a: 2 } }, { a: [1, 1, 2] }],
  ['on a scalar is refused', { a: 1 }, { $addToSet: { a: 2 } }, 2],
]);

const removal = updates(
  { area: '$pop, $pull and $pullAll', source: 'MongoDB manual: $pop, $pull, $pullAll' },
  [
    ['$pop 1 removes the last', { a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }],
    ['$pop -1 removes the first', { a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
    ['$pop of the only item leaves an empty array', { a: [1] }, { $pop: { a: 1 } }, { a: [] }],
    ['$pop of an empty array changes nothing', { a: [] }, { $pop: { a: 1 } }, { a: [] }],
    ['$pop of what is missing changes nothing', {}, { $pop: { a: 1 } }, {}],
    ['$pop of a scalar is refused', { a: 1 }, { $pop: { a: 1 } }, 14],
    ['$pop by another number is refused', { a: [1] }, { $pop: { a: 2 } }, 9],
    ['$pull removes every equal item', { a: [1, 2, 1] }, { $pull: { a: 1 } }, { a: [2] }],
    ['$pull takes a condition', { a: [1, 5, 8] }, { $pull: { a: { $gte: 5 } } }, { a: [1] }],
    ['$pull takes $in', { a: ['x', 'y', 'z'] }, { $pull: { a: { $in: ['x', 'z'] } } }, { a: ['y'] }],
    ['$pull takes $ne', { a: [1, 2] }, { $pull: { a: { $ne: 1 } } }, { a: [1] }],
    ['$pull takes a pattern', { a: ['ab', 'b'] }, { $pull: { a: /^a/ } }, { a: ['b'] }],
    [
      '$pull of an object matches its fields',
      { a: [{ x: 1, y: 2 }, { x: 2 }] },
      { $pull: { a: { x: 1 } } },
      { a: [{ x: 2 }] },
    ],
    [
      '$pull of an object takes conditions on fields',
      { a: [{ x: 1 }, { x: 5 }] },
      { $pull: { a: { x: { $gt: 2 } } } },
      { a: [{ x: 1 }] },
    ],
    [
      '$pull reaches arrays in the items with $elemMatch',
      { a: [{ r: [{ q: 1, v: 4 }] }, { r: [{ q: 2, v: 9 }] }] },
      { $pull: { a: { r: { $elemMatch: { q: 2, v: { $gte: 8 } } } } } },
      { a: [{ r: [{ q: 1, v: 4 }] }] },
    ],
    ['$pull of an array removes equal arrays', { a: [[1, 2], [1]] }, { $pull: { a: [1, 2] } }, { a: [[1]] }],
    ['$pull of null removes nulls', { a: [null, 1] }, { $pull: { a: null } }, { a: [1] }],
    ['$pull of what is missing changes nothing', {}, { $pull: { a: 1 } }, {}],
    ['$pull from a scalar is refused', { a: 1 }, { $pull: { a: 1 } }, 2],
    [
      '$pullAll removes all its values',
      { a: [0, 2, 5, 5, 1, 0] },
      { $pullAll: { a: [0, 5] } },
      { a: [2, 1] },
    ],
    [
      '$pullAll compares objects as a whole',
      { a: [{ x: 1, y: 1 }, { x: 1 }] },
      { $pullAll: { a: [{ x: 1 }] } },
      { a: [{ x: 1, y: 1 }] },
    ],
    ['$pullAll without an array is refused', { a: [1] }, { $pullAll: { a: 1 } }, 2],
  ],
);

const grades = [
  { grade: 80, mean: 75, std: 8 },
  { grade: 85, mean: 90, std: 5 },
  { grade: 85, mean: 85, std: 6 },
];

const positional = updates(
  { area: 'positional operators', source: 'MongoDB manual: $ (update), $[], $[<identifier>]' },
  [
    [
      '$ stands for the first item the filter matched',
      { a: [85, 80, 80] },
      { $set: { 'a.$': 82 } },
      { a: [85, 82, 80] },
      { filter: { a: 80 } },
    ],
    [
      '$ goes into an object',
      { g: grades },
      { $set: { 'g.$.std': 9 } },
      { g: [grades[0], { ...grades[1], std: 9 }, grades[2]] },
      { filter: { 'g.grade': 85 } },
    ],
    [
      '$ works with $elemMatch',
      { g: grades },
      { $set: { 'g.$.std': 9 } },
      { g: [grades[0], grades[1], { ...grades[2], std: 9 }] },
      { filter: { g: { $elemMatch: { grade: 85, mean: { $lt: 90 } } } } },
    ],
    ['$ works with $unset', { a: [1, 2] }, { $unset: { 'a.$': '' } }, { a: [1, null] }, { filter: { a: 2 } }],
    [
      '$ works with $inc',
      { a: [1, 2] },
      { $inc: { 'a.$': 5 } },
      { a: [1, 7] },
      { filter: { a: { $gt: 1 } } },
    ],
    ['$ without the array in the filter is refused', { a: [1] }, { $set: { 'a.$': 2 } }, 2],
    ['$[] stands for every item', { a: [1, 2] }, { $inc: { 'a.$[]': 10 } }, { a: [11, 12] }],
    [
      '$[] goes into objects',
      { g: [{ n: 1 }, { n: 2 }] },
      { $set: { 'g.$[].n': 0 } },
      { g: [{ n: 0 }, { n: 0 }] },
    ],
    ['$[] nests', { a: [[1], [2, 3]] }, { $inc: { 'a.$[].$[]': 1 } }, { a: [[2], [3, 4]] }],
    ['$[] of an empty array changes nothing', { a: [] }, { $inc: { 'a.$[]': 1 } }, { a: [] }],
    ['$[] of what is missing is refused', {}, { $set: { 'a.$[]': 1 } }, 2],
    ['$[] of a scalar is refused', { a: 1 }, { $set: { 'a.$[]': 1 } }, 2],
    [
      '$[id] stands for the items its filter matches',
      { a: [95, 102, 90] },
      { $set: { 'a.$[e]': 100 } },
      { a: [95, 100, 90] },
      { arrayFilters: [{ e: { $gte: 100 } }] },
    ],
    [
      '$[id] asks about fields of the items',
      { g: grades },
      { $set: { 'g.$[e].mean': 100 } },
      { g: [grades[0], { ...grades[1], mean: 100 }, { ...grades[2], mean: 100 }] },
      { arrayFilters: [{ 'e.grade': { $gte: 85 } }] },
    ],
    [
      '$[id] takes several conditions',
      { g: grades },
      { $inc: { 'g.$[e].std': -1 } },
      { g: [grades[0], grades[1], { ...grades[2], std: 5 }] },
      { arrayFilters: [{ 'e.grade': 85, 'e.mean': { $lt: 90 } }] },
    ],
    [
      '$[id] takes $or',
      { a: [1, 2, 3] },
      { $set: { 'a.$[e]': 0 } },
      { a: [0, 2, 0] },
      { arrayFilters: [{ $or: [{ e: 1 }, { e: 3 }] }] },
    ],
    [
      'two identifiers nest',
      {
        g: [
          { t: 'q', v: [10, 8] },
          { t: 'e', v: [9] },
        ],
      },
      { $set: { 'g.$[t].v.$[s]': 0 } },
      {
        g: [
          { t: 'q', v: [10, 0] },
          { t: 'e', v: [9] },
        ],
      },
      { arrayFilters: [{ 't.t': 'q' }, { s: { $lt: 10 } }] },
    ],
    [
      '$[id] matches no item',
      { a: [1] },
      { $set: { 'a.$[e]': 0 } },
      { a: [1] },
      { arrayFilters: [{ e: 9 }] },
    ],
    ['$[id] without its filter is refused', { a: [1] }, { $set: { 'a.$[e]': 0 } }, 2],
    [
      'a filter that no path uses is refused',
      { a: [1] },
      { $set: { a: 0 } },
      9,
      { arrayFilters: [{ e: 9 }] },
    ],
    [
      'two filters of one identifier are refused',
      { a: [1] },
      { $set: { 'a.$[e]': 0 } },
      9,
      { arrayFilters: [{ e: 9 }, { e: 8 }] },
    ],
    [
      'an identifier with a capital first is refused',
      { a: [1] },
      { $set: { 'a.$[E]': 0 } },
      2,
      { arrayFilters: [{ E: 9 }] },
    ],
  ],
);

describeMongo('update operators of arrays', push, addToSet, removal, positional);
