import { Binary, Double, Long, ObjectId } from 'bson';
import { describeMongo } from './subject.js';
import { updates } from './tables.js';

const long = (text: string): Long => Long.fromString(text);

const double = (value: number): Double => new Double(value);

const pipelines = updates(
  { area: 'updates by a pipeline', source: 'MongoDB manual: Updates with Aggregation Pipeline' },
  [
    [
      '$set computes from other fields',
      { a: 2, b: 3 },
      [{ $set: { c: { $add: ['$a', '$b'] } } }],
      { a: 2, b: 3, c: 5 },
    ],
    ['$addFields is $set', { a: 1 }, [{ $addFields: { b: '$a' } }], { a: 1, b: 1 }],
    ['$unset removes', { a: 1, b: 2 }, [{ $unset: 'a' }], { b: 2 }],
    [
      '$unset removes several',
      { a: 1, b: 2, c: { d: 1, e: 2 } },
      [{ $unset: ['a', 'c.d'] }],
      { b: 2, c: { e: 2 } },
    ],
    ['$project keeps what it names', { a: 1, b: 2, c: 3 }, [{ $project: { b: 1 } }], { b: 2 }],
    ['$replaceWith replaces', { a: { x: 1 } }, [{ $replaceWith: '$a' }], { x: 1 }],
    [
      '$replaceRoot replaces and keeps the _id',
      { a: { x: 1 } },
      [{ $replaceRoot: { newRoot: '$a' } }],
      { x: 1 },
    ],
    [
      'stages follow one another',
      { a: 1 },
      [{ $set: { b: '$a' } }, { $set: { c: '$b' } }, { $unset: 'a' }],
      { b: 1, c: 1 },
    ],
    [
      'a field copied keeps its type',
      { a: double(2) },
      [{ $set: { b: '$a' } }],
      { a: double(2), b: double(2) },
    ],
    [
      'a long copied through $ifNull is exact',
      { a: long('9007199254740993') },
      [{ $set: { b: { $ifNull: ['$a', 0] } } }],
      { a: long('9007199254740993'), b: long('9007199254740993') },
    ],
    [
      '$cond chooses',
      { a: 5 },
      [{ $set: { size: { $cond: [{ $gte: ['$a', 5] }, 'big', 'small'] } } }],
      { a: 5, size: 'big' },
    ],
    ['$$REMOVE leaves a field away', { a: 5, b: 1 }, [{ $set: { b: '$$REMOVE' } }], { a: 5 }],
    ['$concatArrays appends', { a: [1] }, [{ $set: { a: { $concatArrays: ['$a', [2]] } } }], { a: [1, 2] }],
    [
      'a date copied stays a date',
      { a: new Date(7) },
      [{ $set: { b: '$a' } }],
      { a: new Date(7), b: new Date(7) },
    ],
    [
      'an ObjectId in an expression stays one',
      { a: new ObjectId('64b7f0000000000000000001') },
      [{ $set: { b: { $ifNull: ['$x', '$a'] } } }],
      { a: new ObjectId('64b7f0000000000000000001'), b: new ObjectId('64b7f0000000000000000001') },
    ],
    [
      'binary data in an expression stays binary',
      { a: new Binary(Buffer.from('x')) },
      [{ $set: { b: { $ifNull: ['$a', null] } } }],
      { a: new Binary(Buffer.from('x')), b: new Binary(Buffer.from('x')) },
    ],
    ['changing the _id is refused', { a: 1 }, [{ $set: { _id: 2 } }], 66],
    ['$group is refused', { a: 1 }, [{ $group: { _id: 1 } }], 72],
    ['$match is refused', { a: 1 }, [{ $match: {} }], 72],
    ['an unknown stage is refused', { a: 1 }, [{ $nope: 1 }], 40324],
    ['arrayFilters are refused', { a: [1] }, [{ $set: { b: 1 } }], 9, { arrayFilters: [{ e: 1 }] }],
  ],
);

describeMongo('updates by a pipeline', pipelines);
