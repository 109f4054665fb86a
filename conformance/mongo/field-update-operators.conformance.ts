import { Decimal128, Double, Int32, Long, MaxKey } from 'bson';
import { describeMongo } from './subject.js';
import { type ScenarioRow, scenarios, updates } from './tables.js';

const long = (text: string): Long => Long.fromString(text);

const double = (value: number): Double => new Double(value);

const decimal = (text: string): Decimal128 => Decimal128.fromString(text);

const set = updates({ area: '$set and $unset', source: 'MongoDB manual: $set, $unset' }, [
  ['$set replaces a value where it stands', { a: 1, b: 2 }, { $set: { a: 'x' } }, { a: 'x', b: 2 }],
  [
    '$set adds new fields at the end, by their names',
    { a: 1 },
    { $set: { z: 1, b: 2 } },
    { a: 1, b: 2, z: 1 },
  ],
  ['numeric names are added by their number', {}, { $set: { 10: 1, 9: 2 } }, { 9: 2, 10: 1 }],
  ['$set makes the objects on the way', {}, { $set: { 'a.b.c': 1 } }, { a: { b: { c: 1 } } }],
  [
    '$set keeps the siblings of a nested field',
    { a: { x: 1 } },
    { $set: { 'a.y': 2 } },
    { a: { x: 1, y: 2 } },
  ],
  ['$set changes the type of a value', { a: 1 }, { $set: { a: double(1) } }, { a: double(1) }],
  ['$set writes null', { a: 1 }, { $set: { a: null } }, { a: null }],
  ['$set changes an item of an array', { a: [1, 2] }, { $set: { 'a.1': 5 } }, { a: [1, 5] }],
  [
    '$set beyond the end fills an array with null',
    { a: [1] },
    { $set: { 'a.3': 5 } },
    { a: [1, null, null, 5] },
  ],
  ['$set goes into an object of an array', { a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
  ['a number names a field of an object', { a: {} }, { $set: { 'a.0': 1 } }, { a: { 0: 1 } }],
  ['$set of nothing changes nothing', { a: 1 }, { $set: {} }, { a: 1 }],
  ['$set to the same _id is allowed', { a: 1 }, { $set: { _id: 1, a: 2 } }, { a: 2 }],
  ['$set may store names with a dollar inside', {}, { $set: { a: { x$y: 1 } } }, { a: { x$y: 1 } }],
  ['$set of another _id is refused', { a: 1 }, { $set: { _id: 2 } }, 66],
  ['$set below a scalar is refused', { a: 1 }, { $set: { 'a.b': 1 } }, 28],
  ['$set below null is refused', { a: null }, { $set: { 'a.b': 1 } }, 28],
  ['$set of a name in an array is refused', { a: [1] }, { $set: { 'a.b': 1 } }, 28],
  ['an empty name in a path is refused', {}, { $set: { 'a..b': 1 } }, 56],
  ['an empty path is refused', {}, { $set: { '': 1 } }, 56],
  ['a path ending in a dot is refused', {}, { $set: { 'a.': 1 } }, 56],
  ['two changes of one path are refused', {}, { $set: { a: 1 }, $inc: { a: 1 } }, 40],
  ['a change below another is refused', {}, { $set: { a: 1, 'a.b': 1 } }, 40],
  ['an unknown operator is refused', {}, { $foo: { a: 1 } }, 9],
  ['an operator without an object is refused', {}, { $set: 1 }, 9],
  ['$unset removes a field', { a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
  ['$unset of what is missing changes nothing', { b: 2 }, { $unset: { a: '', 'c.d': '' } }, { b: 2 }],
  ['$unset of a nested field leaves its object', { a: { b: 1 } }, { $unset: { 'a.b': '' } }, { a: {} }],
  ['$unset of an item leaves null', { a: [1, 2, 3] }, { $unset: { 'a.1': '' } }, { a: [1, null, 3] }],
  ['$unset of _id is refused', { a: 1 }, { $unset: { _id: '' } }, 66],
  [
    '$setOnInsert does nothing in an update',
    { a: 1 },
    { $setOnInsert: { a: 9 }, $set: { b: 1 } },
    { a: 1, b: 1 },
  ],
]);

const arithmetic = updates({ area: '$inc and $mul', source: 'MongoDB manual: $inc, $mul' }, [
  ['$inc adds to an int', { n: 1 }, { $inc: { n: 2 } }, { n: 3 }],
  ['$inc takes negative numbers', { n: 1 }, { $inc: { n: -2 } }, { n: -1 }],
  ['$inc of what is missing sets it', {}, { $inc: { n: 2 } }, { n: 2 }],
  ['$inc of a nested field', { a: { n: 1 } }, { $inc: { 'a.n': 2 } }, { a: { n: 3 } }],
  ['an int that overflows becomes a long', { n: 2147483647 }, { $inc: { n: 1 } }, { n: long('2147483648') }],
  ['a long stays a long', { n: long('1') }, { $inc: { n: 1 } }, { n: long('2') }],
  [
    'a long beyond 2^53 is exact',
    { n: long('9007199254740993') },
    { $inc: { n: 1 } },
    { n: long('9007199254740994') },
  ],
  ['an int and a double are a double', { n: 1 }, { $inc: { n: double(1) } }, { n: double(2) }],
  ['a double stays a double', { n: double(1) }, { $inc: { n: 1 } }, { n: double(2) }],
  ['a decimal stays a decimal', { n: decimal('1.10') }, { $inc: { n: 1 } }, { n: decimal('2.10') }],
  ['a long that overflows is refused', { n: long('9223372036854775807') }, { $inc: { n: 1 } }, 2],
  ['$inc of a text is refused', { n: 'x' }, { $inc: { n: 1 } }, 14],
  ['$inc of null is refused', { n: null }, { $inc: { n: 1 } }, 14],
  ['$inc by a text is refused', { n: 1 }, { $inc: { n: 'x' } }, 14],
  ['$mul multiplies', { n: 5 }, { $mul: { n: 3 } }, { n: 15 }],
  ['$mul of what is missing sets 0 of the same type', {}, { $mul: { n: 3 } }, { n: 0 }],
  ['$mul by a double sets a double 0', {}, { $mul: { n: double(3) } }, { n: double(0) }],
  ['$mul by a long sets a long 0', {}, { $mul: { n: long('3') } }, { n: long('0') }],
  [
    'an int product that overflows becomes a long',
    { n: 2000000000 },
    { $mul: { n: 2 } },
    { n: long('4000000000') },
  ],
  ['an int and a decimal are a decimal', { n: 2 }, { $mul: { n: decimal('1.5') } }, { n: decimal('3.0') }],
  ['$mul of a text is refused', { n: 'x' }, { $mul: { n: 2 } }, 14],
]);

const extremes = updates({ area: '$min and $max', source: 'MongoDB manual: $min, $max' }, [
  ['$min sets what is less', { n: 5 }, { $min: { n: 3 } }, { n: 3 }],
  ['$min leaves what is more', { n: 5 }, { $min: { n: 7 } }, { n: 5 }],
  ['$max sets what is more', { n: 5 }, { $max: { n: 7 } }, { n: 7 }],
  ['$max leaves what is less', { n: 5 }, { $max: { n: 3 } }, { n: 5 }],
  ['an equal number of another type changes nothing', { n: 5 }, { $max: { n: double(5) } }, { n: 5 }],
  ['$min sets what is missing', {}, { $min: { n: 3 } }, { n: 3 }],
  ['$max sets what is missing', {}, { $max: { n: 3 } }, { n: 3 }],
  ['$min follows the order of types', { n: 'x' }, { $min: { n: 3 } }, { n: 3 }],
  ['$max follows the order of types', { n: 3 }, { $max: { n: 'x' } }, { n: 'x' }],
  ['$max of null sets a number', { n: null }, { $max: { n: -1 } }, { n: -1 }],
  ['$min compares dates', { n: new Date(5) }, { $min: { n: new Date(3) } }, { n: new Date(3) }],
  ['$max sets the largest of all', { n: 'x' }, { $max: { n: new MaxKey() } }, { n: new MaxKey() }],
]);

const rename = updates({ area: '$rename', source: 'MongoDB manual: $rename' }, [
  ['moves a field to the end', { a: 1, b: 2 }, { $rename: { a: 'c' } }, { b: 2, c: 1 }],
  ['replaces a field of the new name', { a: 1, b: 2 }, { $rename: { a: 'b' } }, { b: 1 }],
  ['moves a field into an object', { a: 1 }, { $rename: { a: 'n.a' } }, { n: { a: 1 } }],
  ['moves a field out of an object', { n: { a: 1 } }, { $rename: { 'n.a': 'a' } }, { n: {}, a: 1 }],
  ['of what is missing changes nothing', { b: 2 }, { $rename: { a: 'c' } }, { b: 2 }],
  ['to the same name is refused', { a: 1 }, { $rename: { a: 'a' } }, 2],
  ['to a number is refused', { a: 1 }, { $rename: { a: 1 } }, 2],
  ['of _id is refused', { a: 1 }, { $rename: { _id: 'b' } }, 66],
  ['of an item of an array is refused', { a: [1] }, { $rename: { 'a.0': 'b' } }, 2],
  ['to an item of an array is refused', { a: [1], b: 2 }, { $rename: { b: 'a.0' } }, 2],
  ['of a field also set is refused', { a: 1 }, { $rename: { a: 'b' }, $set: { b: 1 } }, 40],
]);

const bit = updates({ area: '$bit', source: 'MongoDB manual: $bit' }, [
  ['and', { n: 13 }, { $bit: { n: { and: new Int32(10) } } }, { n: 8 }],
  ['or', { n: 3 }, { $bit: { n: { or: new Int32(5) } } }, { n: 7 }],
  ['xor', { n: 1 }, { $bit: { n: { xor: new Int32(5) } } }, { n: 4 }],
  [
    'with a long makes a long',
    { n: 1 },
    { $bit: { n: { or: long('4294967296') } } },
    { n: long('4294967297') },
  ],
  ['of what is missing begins with 0', {}, { $bit: { n: { or: new Int32(5) } } }, { n: 5 }],
  ['of a double is refused', { n: double(1) }, { $bit: { n: { or: new Int32(1) } } }, 2],
  ['with an unknown operation is refused', { n: 1 }, { $bit: { n: { not: new Int32(1) } } }, 2],
]);

const currentDates = [
  ['true writes a date', true, 'date'],
  ['$type date writes a date', { $type: 'date' }, 'date'],
  ['$type timestamp writes a timestamp', { $type: 'timestamp' }, 'timestamp'],
] as const;

const dates = scenarios(
  { area: '$currentDate', source: 'MongoDB manual: $currentDate' },
  currentDates.map(([name, operand, type]): ScenarioRow => [
    name,
    [{ _id: 1 }],
    async ({ database, things }) => {
      const updates = [{ q: {}, u: { $currentDate: { 'n.at': operand } } }];
      await database.command({ update: things.collectionName, updates });
      expect(await things.countDocuments({ 'n.at': { $type: type } })).toBe(1);
    },
  ]),
);

const badDates = updates({ area: '$currentDate', source: 'MongoDB manual: $currentDate' }, [
  ['another type is refused', {}, { $currentDate: { at: { $type: 'time' } } }, 2],
  ['a number is refused', {}, { $currentDate: { at: 1 } }, 2],
]);

describeMongo('update operators of fields', set, arithmetic, extremes, rename, bit, dates, badDates);
