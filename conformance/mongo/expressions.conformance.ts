import { Decimal128, Double, Long } from 'bson';
import { describeMongo } from './subject.js';
import { expressions } from './tables.js';

const long = (text: string): Long => Long.fromString(text);
const double = (value: number): Double => new Double(value);

const document = {
  _id: 1,
  i: 7,
  d: double(2),
  l: long('9007199254740993'),
  m: Decimal128.fromString('1.10'),
  s: 'Text',
  n: null,
  t: true,
  at: new Date('2026-03-04T05:06:07.089Z'),
  a: [3, 1, 2],
  o: { x: 1, y: { z: 2 } },
  q: [
    { p: 1, k: 'a' },
    { p: 2, k: 'b' },
  ],
};

const arithmetic = expressions(
  { area: 'arithmetic', source: 'MongoDB manual: Arithmetic Expression Operators' },
  document,
  [
    ['$add of ints is an int', { $add: ['$i', 1] }, { r: 8 }],
    ['$add with a double is a double', { $add: ['$i', '$d'] }, { r: double(9) }],
    ['$add with a long is an exact long', { $add: ['$l', 1] }, { r: long('9007199254740994') }],
    ['$add with a decimal is a decimal', { $add: ['$m', 1] }, { r: Decimal128.fromString('2.10') }],
    ['$add beyond an int is a long', { $add: [2147483647, 1] }, { r: long('2147483648') }],
    ['$add with null is null', { $add: ['$i', '$n'] }, { r: null }],
    ['$add with missing is null', { $add: ['$i', '$zzz'] }, { r: null }],
    ['$add of milliseconds to a date', { $add: ['$at', 1000] }, { r: new Date('2026-03-04T05:06:08.089Z') }],
    ['$add of a text is refused', { $add: ['$i', '$s'] }, 14],
    ['$subtract', { $subtract: ['$i', 10] }, { r: -3 }],
    [
      '$subtract of dates gives milliseconds as a long',
      { $subtract: ['$at', new Date('2026-03-04T05:06:07.000Z')] },
      { r: long('89') },
    ],
    ['$subtract from a date', { $subtract: ['$at', 89] }, { r: new Date('2026-03-04T05:06:07.000Z') }],
    ['$multiply', { $multiply: ['$i', 2, 3] }, { r: 42 }],
    ['$multiply with a double is a double', { $multiply: ['$i', '$d'] }, { r: double(14) }],
    ['$divide is a double', { $divide: ['$i', 7] }, { r: double(1) }],
    ['$divide by 0 is refused', { $divide: ['$i', 0] }, 2],
    ['$mod of ints', { $mod: ['$i', 4] }, { r: 3 }],
    ['$mod keeps the sign of the first', { $mod: [-7, 4] }, { r: -3 }],
    ['$abs', { $abs: -5 }, { r: 5 }],
    ['$ceil of a double is a double', { $ceil: 1.2 }, { r: double(2) }],
    ['$floor of a double is a double', { $floor: 1.8 }, { r: double(1) }],
    ['$trunc cuts off', { $trunc: [-1.8] }, { r: double(-1) }],
    ['$round to even', { $round: [2.5] }, { r: double(2) }],
    ['$round to places', { $round: [1.255, 1] }, { r: 1.3 }],
    ['$sqrt', { $sqrt: 9 }, { r: double(3) }],
    ['$pow', { $pow: [2, 3] }, { r: 8 }],
  ],
);

const comparison = expressions(
  { area: 'comparison and logic', source: 'MongoDB manual: Comparison and Boolean Expression Operators' },
  document,
  [
    ['$eq compares numbers of any type', { $eq: ['$d', 2] }, { r: true }],
    ['$ne', { $ne: ['$i', 7] }, { r: false }],
    ['$gt follows the order of types', { $gt: ['$s', '$i'] }, { r: true }],
    ['$gte of longs is exact', { $gte: ['$l', long('9007199254740994')] }, { r: false }],
    ['$lt of missing and null', { $lt: ['$zzz', '$n'] }, { r: true }],
    ['$eq of missing and null is false', { $eq: ['$zzz', null] }, { r: false }],
    ['$lte of arrays compares item by item', { $lte: ['$a', [3, 2]] }, { r: true }],
    ['$cmp', { $cmp: ['$i', 10] }, { r: -1 }],
    ['$and of truths', { $and: ['$t', { $gt: ['$i', 0] }, 'x'] }, { r: true }],
    ['$and with null is false', { $and: ['$t', '$n'] }, { r: false }],
    ['$and of nothing is true', { $and: [] }, { r: true }],
    ['$or of falsehoods', { $or: [false, 0, '$n', '$zzz'] }, { r: false }],
    ['$or takes an empty text as true', { $or: [''] }, { r: true }],
    ['$or takes an empty array as true', { $or: [[]] }, { r: true }],
    ['$not', { $not: ['$t'] }, { r: false }],
    ['$not of 0 as a decimal', { $not: [Decimal128.fromString('0.0')] }, { r: true }],
    ['$cond in its short form', { $cond: ['$t', 'yes', 'no'] }, { r: 'yes' }],
    ['$cond in its long form', { $cond: { if: { $lt: ['$i', 5] }, then: 'yes', else: 'no' } }, { r: 'no' }],
    ['$cond keeps the type of what it chooses', { $cond: ['$t', '$d', 0] }, { r: double(2) }],
    ['$ifNull takes the first that is something', { $ifNull: ['$n', '$zzz', '$s'] }, { r: 'Text' }],
    ['$ifNull gives its last otherwise', { $ifNull: ['$n', '$zzz'] }, {}],
    ['$ifNull keeps a decimal', { $ifNull: ['$m', 0] }, { r: Decimal128.fromString('1.10') }],
    [
      '$switch takes the first true branch',
      {
        $switch: {
          branches: [
            { case: { $eq: ['$i', 1] }, then: 'one' },
            { case: { $gt: ['$i', 5] }, then: 'many' },
          ],
          default: 'some',
        },
      },
      { r: 'many' },
    ],
    [
      '$switch takes its default',
      { $switch: { branches: [{ case: false, then: 'one' }], default: 'some' } },
      { r: 'some' },
    ],
    [
      '$switch without a branch or default is refused',
      { $switch: { branches: [{ case: false, then: 'one' }] } },
      40066,
    ],
  ],
);

const texts = expressions(
  { area: 'texts', source: 'MongoDB manual: String Expression Operators' },
  document,
  [
    ['$concat', { $concat: ['$s', '-', 'x'] }, { r: 'Text-x' }],
    ['$concat with null is null', { $concat: ['$s', '$n'] }, { r: null }],
    ['$toUpper', { $toUpper: '$s' }, { r: 'TEXT' }],
    ['$toLower', { $toLower: '$s' }, { r: 'text' }],
    ['$toUpper of null is empty', { $toUpper: '$n' }, { r: '' }],
    ['$substrCP', { $substrCP: ['$s', 1, 2] }, { r: 'ex' }],
    ['$strLenCP', { $strLenCP: 'äö' }, { r: 2 }],
    ['$strLenBytes', { $strLenBytes: 'äö' }, { r: 4 }],
    ['$split', { $split: ['a-b-c', '-'] }, { r: ['a', 'b', 'c'] }],
    ['$trim', { $trim: { input: '  x ' } }, { r: 'x' }],
    ['$ltrim of characters', { $ltrim: { input: 'xxa', chars: 'x' } }, { r: 'a' }],
    ['$indexOfCP', { $indexOfCP: ['$s', 'x'] }, { r: 2 }],
    ['$indexOfCP of what is not there', { $indexOfCP: ['$s', 'q'] }, { r: -1 }],
    ['$replaceOne', { $replaceOne: { input: 'aba', find: 'a', replacement: 'x' } }, { r: 'xba' }],
    ['$replaceAll', { $replaceAll: { input: 'aba', find: 'a', replacement: 'x' } }, { r: 'xbx' }],
    ['$strcasecmp', { $strcasecmp: ['$s', 'tEXT'] }, { r: 0 }],
    ['$toString of an int', { $toString: '$i' }, { r: '7' }],
    ['$toString of a date', { $toString: '$at' }, { r: '2026-03-04T05:06:07.089Z' }],
    [
      '$dateToString',
      { $dateToString: { date: '$at', format: '%Y-%m-%d %H:%M:%S.%L' } },
      { r: '2026-03-04 05:06:07.089' },
    ],
    ['$year', { $year: '$at' }, { r: 2026 }],
    ['$month begins at 1', { $month: '$at' }, { r: 3 }],
    ['$dayOfMonth', { $dayOfMonth: '$at' }, { r: 4 }],
    ['$dayOfWeek begins with Sunday as 1', { $dayOfWeek: '$at' }, { r: 4 }],
  ],
);

const arrays = expressions(
  { area: 'arrays and objects', source: 'MongoDB manual: Array and Object Expression Operators' },
  document,
  [
    ['a path gives a nested value', '$o.y.z', { r: 2 }],
    ['a path through an array gives an array', '$q.p', { r: [1, 2] }],
    ['a path that leads nowhere is missing', '$o.zzz.z', {}],
    ['$size', { $size: '$a' }, { r: 3 }],
    ['$size of no array is refused', { $size: '$i' }, 17124],
    ['$arrayElemAt', { $arrayElemAt: ['$a', 0] }, { r: 3 }],
    ['$arrayElemAt from the end', { $arrayElemAt: ['$a', -1] }, { r: 2 }],
    ['$arrayElemAt beyond the end is missing', { $arrayElemAt: ['$a', 9] }, {}],
    ['$first', { $first: '$a' }, { r: 3 }],
    ['$last', { $last: '$a' }, { r: 2 }],
    ['$concatArrays', { $concatArrays: ['$a', [4]] }, { r: [3, 1, 2, 4] }],
    ['$concatArrays with null is null', { $concatArrays: ['$a', '$n'] }, { r: null }],
    ['$slice takes the first', { $slice: ['$a', 2] }, { r: [3, 1] }],
    ['$slice takes the last', { $slice: ['$a', -2] }, { r: [1, 2] }],
    ['$slice from a position', { $slice: ['$a', 1, 1] }, { r: [1] }],
    ['$in', { $in: [2, '$a'] }, { r: true }],
    ['$in of no array is refused', { $in: [2, '$i'] }, 40081],
    ['$indexOfArray', { $indexOfArray: ['$a', 1] }, { r: 1 }],
    ['$reverseArray', { $reverseArray: '$a' }, { r: [2, 1, 3] }],
    ['$range', { $range: [0, 5, 2] }, { r: [0, 2, 4] }],
    ['$isArray', { $isArray: '$a' }, { r: true }],
    ['$isArray of a scalar', { $isArray: '$i' }, { r: false }],
    ['$filter', { $filter: { input: '$a', as: 'e', cond: { $gte: ['$$e', 2] } } }, { r: [3, 2] }],
    ['$map', { $map: { input: '$a', as: 'e', in: { $multiply: ['$$e', 2] } } }, { r: [6, 2, 4] }],
    ['$map over objects', { $map: { input: '$q', as: 'e', in: '$$e.k' } }, { r: ['a', 'b'] }],
    ['$reduce', { $reduce: { input: '$a', initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, { r: 6 }],
    ['$let', { $let: { vars: { x: '$i' }, in: { $add: ['$$x', 1] } } }, { r: 8 }],
    ['$mergeObjects', { $mergeObjects: ['$o', { x: 9 }] }, { r: { x: 9, y: { z: 2 } } }],
    ['$mergeObjects leaves null away', { $mergeObjects: ['$n', { x: 9 }] }, { r: { x: 9 } }],
    [
      '$objectToArray',
      { $objectToArray: { a: 1, b: 'x' } },
      {
        r: [
          { k: 'a', v: 1 },
          { k: 'b', v: 'x' },
        ],
      },
    ],
    [
      '$arrayToObject',
      {
        $arrayToObject: [
          [
            ['a', 1],
            ['b', 2],
          ],
        ],
      },
      { r: { a: 1, b: 2 } },
    ],
    [
      '$zip',
      {
        $zip: {
          inputs: [
            [1, 2],
            ['a', 'b'],
          ],
        },
      },
      {
        r: [
          [1, 'a'],
          [2, 'b'],
        ],
      },
    ],
    ['$sum of an array', { $sum: '$a' }, { r: 6 }],
    ['$max of an array', { $max: '$a' }, { r: 3 }],
    ['$min of an array', { $min: '$a' }, { r: 1 }],
    ['$avg of an array', { $avg: '$a' }, { r: double(2) }],
    ['$anyElementTrue', { $anyElementTrue: [[0, false, 1]] }, { r: true }],
    ['$allElementsTrue', { $allElementsTrue: [[1, '$n']] }, { r: false }],
    ['$getField', { $getField: 's' }, { r: 'Text' }],
    ['$type names the type', { $type: '$l' }, { r: 'long' }],
    ['$type of what is missing', { $type: '$zzz' }, { r: 'missing' }],
    ['$isNumber', { $isNumber: '$m' }, { r: true }],
    ['$toInt of a text', { $toInt: '12' }, { r: 12 }],
    ['$toBool of a number', { $toBool: '$i' }, { r: true }],
    ['an unknown variable is refused', '$$zzz', 17276],
  ],
);

describeMongo('expressions', arithmetic, comparison, texts, arrays);
