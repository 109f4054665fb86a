import { Double, Int32, Long, ObjectId } from 'bson';
import { describeMongo } from './subject.js';
import { expressions } from './tables.js';

const document = {
  _id: 1,
  d: new Double(2.7),
  whole: new Double(3),
  l: Long.fromNumber(1520035200000),
  id: new ObjectId('64b7f0000000000000000001'),
  at: new Date('2026-03-04T05:06:07.089Z'),
  end: new Date('2026-01-31T23:30:00Z'),
  n: null,
  s: 'Text',
};

const conversions = expressions(
  { area: 'conversions', source: 'MongoDB manual: Type Expression Operators' },
  document,
  [
    ['$toInt cuts a fraction off', { $toInt: '$d' }, { r: 2 }],
    ['$toInt of a truth', { $toInt: true }, { r: 1 }],
    ['$toInt of null is null', { $toInt: '$n' }, { r: null }],
    ['$toInt of missing is null', { $toInt: '$zzz' }, { r: null }],
    ['$toInt of a fraction in a text is refused', { $toInt: '2.7' }, 241],
    ['$toInt of another text is refused', { $toInt: 'abc' }, 241],
    ['$toInt of a number beyond an int is refused', { $toInt: 3000000000.5 }, 241],
    ['$toLong of an int', { $toLong: 7 }, { r: Long.fromNumber(7) }],
    ['$toLong of a text', { $toLong: '9007199254740993' }, { r: Long.fromString('9007199254740993') }],
    ['$toLong of a date', { $toLong: '$at' }, { r: Long.fromNumber(Date.parse('2026-03-04T05:06:07.089Z')) }],
    ['$toDouble of an int', { $toDouble: 7 }, { r: new Double(7) }],
    ['$toDouble of a text', { $toDouble: '1.5' }, { r: 1.5 }],
    ['$toDouble of another text is refused', { $toDouble: 'x' }, 241],
    ['$toBool of 0', { $toBool: 0 }, { r: false }],
    ['$toBool of any text is true', { $toBool: 'false' }, { r: true }],
    ['$toBool of an empty text is true', { $toBool: '' }, { r: true }],
    ['$toBool of null is null', { $toBool: '$n' }, { r: null }],
    ['$toBool of a date is true', { $toBool: '$at' }, { r: true }],
    ['$toString of a double', { $toString: '$d' }, { r: '2.7' }],
    ['$toString of a whole double', { $toString: '$whole' }, { r: '3' }],
    ['$toString of a truth', { $toString: true }, { r: 'true' }],
    ['$toString of an ObjectId', { $toString: '$id' }, { r: '64b7f0000000000000000001' }],
    ['$toString of null is null', { $toString: '$n' }, { r: null }],
    [
      '$toObjectId',
      { $toObjectId: '64b7f0000000000000000001' },
      { r: new ObjectId('64b7f0000000000000000001') },
    ],
    ['$toObjectId of another text is refused', { $toObjectId: 'x' }, 241],
    ['$toDate of milliseconds', { $toDate: '$l' }, { r: new Date(1520035200000) }],
    ['$toDate of a text', { $toDate: '2018-03-03' }, { r: new Date('2018-03-03T00:00:00Z') }],
    ['$toDate of an ObjectId', { $toDate: '$id' }, { r: new Date(0x64b7f000 * 1000) }],
    ['$toDate of another text is refused', { $toDate: 'Friday' }, 241],
  ],
);

const texts = expressions(
  { area: 'texts at their edges', source: 'MongoDB manual: String Expression Operators' },
  document,
  [
    ['$substrCP of null is empty', { $substrCP: ['$n', 0, 1] }, { r: '' }],
    ['$substrCP beyond the end is empty', { $substrCP: ['abc', 5, 2] }, { r: '' }],
    ['$substrBytes of a negative length gives the rest', { $substrBytes: ['abc', 1, -1] }, { r: 'bc' }],
    ['$substr is $substrBytes', { $substr: ['abc', 1, 1] }, { r: 'b' }],
    ['$split of null is null', { $split: ['$n', '-'] }, { r: null }],
    ['$split without a match', { $split: ['abc', '-'] }, { r: ['abc'] }],
    ['$split by an empty text is refused', { $split: ['abc', ''] }, 40087],
    ['$strLenCP of null is refused', { $strLenCP: '$n' }, 34471],
    ['$strLenBytes of null is refused', { $strLenBytes: '$n' }, 34473],
    ['$trim of null is null', { $trim: { input: '$n' } }, { r: null }],
    ['$trim of characters', { $trim: { input: 'xyaxy', chars: 'xy' } }, { r: 'a' }],
    ['$rtrim', { $rtrim: { input: 'a  ' } }, { r: 'a' }],
    ['$trim of a number is refused', { $trim: { input: 1 } }, 50699],
    [
      '$replaceOne of null is null',
      { $replaceOne: { input: '$n', find: 'a', replacement: 'b' } },
      { r: null },
    ],
    [
      '$replaceAll takes no patterns',
      { $replaceAll: { input: 'a.b', find: '.', replacement: '-' } },
      { r: 'a-b' },
    ],
    [
      '$replaceOne takes a replacement as it is',
      { $replaceOne: { input: 'ab', find: 'a', replacement: { $literal: '$&$1' } } },
      { r: '$&$1b' },
    ],
    ['$strcasecmp takes null as empty', { $strcasecmp: ['$n', 'a'] }, { r: -1 }],
    ['$strcasecmp of a greater text', { $strcasecmp: ['b', 'A'] }, { r: 1 }],
  ],
);

const dates = expressions({ area: 'dates', source: 'MongoDB manual: Date Expression Operators' }, document, [
  ['$hour', { $hour: '$at' }, { r: 5 }],
  ['$minute', { $minute: '$at' }, { r: 6 }],
  ['$second', { $second: '$at' }, { r: 7 }],
  ['$millisecond', { $millisecond: '$at' }, { r: 89 }],
  ['$dayOfYear', { $dayOfYear: '$at' }, { r: 63 }],
  ['$week counts from Sundays', { $week: '$at' }, { r: 9 }],
  ['$isoWeek', { $isoWeek: '$at' }, { r: 10 }],
  ['$isoDayOfWeek begins with Monday', { $isoDayOfWeek: '$at' }, { r: 3 }],
  ['$year of null is null', { $year: '$n' }, { r: null }],
  ['$hour in a time zone by its offset', { $hour: { date: '$at', timezone: '+05:00' } }, { r: 10 }],
  ['$hour in a time zone by its name', { $hour: { date: '$at', timezone: 'Europe/Berlin' } }, { r: 6 }],
  ['$dateToString without a format', { $dateToString: { date: '$at' } }, { r: '2026-03-04T05:06:07.089Z' }],
  [
    '$dateToString in a time zone',
    { $dateToString: { date: '$at', format: '%H:%M %z', timezone: '+02:00' } },
    { r: '07:06 +0200' },
  ],
  ['$dateToString of null is null', { $dateToString: { date: '$n', format: '%Y' } }, { r: null }],
  [
    '$dateToString of weeks and days',
    { $dateToString: { date: '$at', format: '%j %u %V %G %%' } },
    { r: '063 3 10 2026 %' },
  ],
  [
    '$dateFromString',
    { $dateFromString: { dateString: '2017-02-08T12:10:40.787Z' } },
    { r: new Date('2017-02-08T12:10:40.787Z') },
  ],
  [
    '$dateFromParts',
    { $dateFromParts: { year: 2017, month: 2, day: 8, hour: 12 } },
    { r: new Date('2017-02-08T12:00:00Z') },
  ],
  [
    '$dateAdd of months stays in the month',
    { $dateAdd: { startDate: '$end', unit: 'month', amount: 1 } },
    { r: new Date('2026-02-28T23:30:00Z') },
  ],
  [
    '$dateAdd of hours',
    { $dateAdd: { startDate: '$end', unit: 'hour', amount: 1 } },
    { r: new Date('2026-02-01T00:30:00Z') },
  ],
  [
    '$dateSubtract',
    { $dateSubtract: { startDate: '$at', unit: 'day', amount: 4 } },
    { r: new Date('2026-02-28T05:06:07.089Z') },
  ],
  [
    '$dateTrunc to days',
    { $dateTrunc: { date: '$at', unit: 'day' } },
    { r: new Date('2026-03-04T00:00:00Z') },
  ],
  [
    '$dateTrunc to months',
    { $dateTrunc: { date: '$at', unit: 'month' } },
    { r: new Date('2026-03-01T00:00:00Z') },
  ],
  [
    '$dateTrunc to hours by their number',
    { $dateTrunc: { date: '$at', unit: 'hour', binSize: 2 } },
    { r: new Date('2026-03-04T04:00:00Z') },
  ],
  ['$bitAnd', { $bitAnd: [12, 10] }, { r: new Int32(8) }],
  ['$bitOr', { $bitOr: [12, 10] }, { r: new Int32(14) }],
  ['$bitXor', { $bitXor: [12, 10] }, { r: new Int32(6) }],
  ['$bitNot', { $bitNot: 5 }, { r: new Int32(-6) }],
]);

describeMongo('conversions and dates', conversions, texts, dates);
