import {
  Binary,
  BSONRegExp,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  serialize,
  Timestamp,
  UUID,
} from 'bson';
import { EXACT, expectExactly } from './exactly.js';
import { describeMongo } from './subject.js';
import { scenarios, type ScenarioRow } from './tables.js';

const long = (text: string): Long => Long.fromString(text);

/** Each value is stored, read as raw bytes, and found again by itself. */
const VALUES: readonly (readonly [name: string, value: unknown])[] = [
  ['an int', new Int32(5)],
  ['the least int', new Int32(-2147483648)],
  ['a long', long('5')],
  ['a long beyond 2^53', long('9007199254740993')],
  ['the greatest long', long('9223372036854775807')],
  ['the least long', long('-9223372036854775808')],
  ['a double that is whole', new Double(5)],
  ['a double with a fraction', new Double(0.1)],
  ['-0', new Double(-0)],
  ['NaN', new Double(Number.NaN)],
  ['infinity', new Double(Infinity)],
  ['the least double above 0', new Double(5e-324)],
  ['a decimal', Decimal128.fromString('1.10')],
  ['a decimal with an exponent', Decimal128.fromString('1E+3')],
  ['a decimal of 34 digits', Decimal128.fromString('1234567890123456789012345678901234')],
  ['a decimal NaN', Decimal128.fromString('NaN')],
  ['a text', 'Grüße, 世界 🌍'],
  ['an empty text', ''],
  ['a text with a zero in it', 'a\0b'],
  ['an ObjectId', new ObjectId('64b7f0000000000000000001')],
  ['a date', new Date('2026-03-04T05:06:07.089Z')],
  ['a date before 1970', new Date(-1)],
  ['true', true],
  ['false', false],
  ['null', null],
  ['binary data', new Binary(Buffer.from([0, 1, 255]))],
  ['empty binary data', new Binary(Buffer.alloc(0))],
  ['binary data of another subtype', new Binary(Buffer.from('x'), 0x80)],
  ['a UUID', new UUID('00112233-4455-6677-8899-aabbccddeeff')],
  ['a timestamp', new Timestamp({ t: 7, i: 9 })],
  ['the least value', new MinKey()],
  ['the greatest value', new MaxKey()],
  ['code', new Code('return 1')],
  ['an empty object', {}],
  ['an empty array', []],
  ['an object', { b: 1, a: { c: [1, new Double(1), long('1')] } }],
  ['an object of an object', { a: { a: { a: { a: 1 } } } }],
  ['an array in an array', [[1, [2]], []]],
];

const bytes = scenarios(
  { area: 'types kept to the byte', source: 'BSON specification; MongoDB manual: BSON Types' },
  [
    ...VALUES.map(([name, value]): ScenarioRow => [
      name,
      [{ _id: 1, v: value, last: 1 }],
      async ({ things }) => {
        const [raw] = await things.find({}, { raw: true }).toArray();
        expect(raw).toEqual(Buffer.from(serialize({ _id: 1, v: value, last: 1 })));
        expect(await things.countDocuments({ v: { $eq: value } })).toBe(1);
      },
    ]),
    [
      'a pattern',
      [{ _id: 1, v: new BSONRegExp('^a.b$', 'im') }],
      async ({ things }) => {
        const [raw] = await things.find({}, { raw: true }).toArray();
        expect(raw).toEqual(Buffer.from(serialize({ _id: 1, v: new BSONRegExp('^a.b$', 'im') })));
      },
    ],
    [
      'code with a scope',
      [{ _id: 1, v: new Code('return x', { x: 1 }) }],
      async ({ things }) => {
        const [raw] = await things.find({}, { raw: true }).toArray();
        expect(raw).toEqual(Buffer.from(serialize({ _id: 1, v: new Code('return x', { x: 1 }) })));
      },
    ],
  ],
);

const order = scenarios(
  { area: 'order of keys', source: 'MongoDB manual: Documents, Document Field Order' },
  [
    [
      'is kept',
      [],
      async ({ things }) => {
        const fields = new Map<string, unknown>([
          ['_id', 1],
          ['z', 1],
          ['10', 2],
          ['a', 3],
          ['2', 4],
        ]);
        await things.insertOne(fields);
        const [raw] = await things.find({}, { raw: true }).toArray();
        expect(raw).toEqual(Buffer.from(serialize(fields)));
      },
    ],
    [
      'is kept by an update of another field',
      [{ _id: 1, z: 1, m: { y: 1, b: 2 }, a: 3 }],
      async ({ things }) => {
        await things.updateOne({}, { $set: { 'm.c': 1 }, $inc: { a: 1 } });
        expectExactly(await things.find({}, EXACT).toArray(), [
          { _id: 1, z: 1, m: { y: 1, b: 2, c: 1 }, a: 4 },
        ]);
      },
    ],
    [
      'matters for equal objects',
      [{ _id: 1, v: { a: 1, b: 2 } }],
      async ({ things }) => {
        expect(await things.countDocuments({ v: { a: 1, b: 2 } })).toBe(1);
        expect(await things.countDocuments({ v: { b: 2, a: 1 } })).toBe(0);
      },
    ],
    [
      'untouched values of an update keep their bytes',
      VALUES.map(([, v], _id) => ({ _id, v })),
      async ({ things }) => {
        await things.updateMany({}, { $set: { extra: 1 } });
        const raws = await things.find({}, { raw: true, sort: { _id: 1 } }).toArray();
        expect(raws).toEqual(VALUES.map(([, v], _id) => Buffer.from(serialize({ _id, v, extra: 1 }))));
      },
    ],
  ],
);

/** Two values and how the first compares to the second, by every numeric type. */
const COMPARED: readonly (readonly [
  name: string,
  left: unknown,
  right: unknown,
  compared: '<' | '=' | '>',
])[] = [
  ['an int and an equal double', new Int32(5), new Double(5), '='],
  ['a long and an equal decimal', long('5'), Decimal128.fromString('5.000'), '='],
  [
    'a long beyond 2^53 and the double next to it',
    long('9007199254740993'),
    new Double(9007199254740992),
    '>',
  ],
  ['the greatest long and 2^63', long('9223372036854775807'), new Double(2 ** 63), '<'],
  ['a double and a decimal of the same digits', new Double(0.1), Decimal128.fromString('0.1'), '>'],
  ['0 and -0', new Double(0), new Double(-0), '='],
  ['NaN and minus infinity', new Double(Number.NaN), new Double(-Infinity), '<'],
  ['a decimal NaN and NaN', Decimal128.fromString('NaN'), new Double(Number.NaN), '='],
  ['two texts by their bytes', 'Z', 'a', '<'],
  ['a text and a longer one', 'ab', 'abc', '<'],
  ['texts beyond ASCII', 'é', 'z', '>'],
  ['binary data by its length first', new Binary(Buffer.from([255])), new Binary(Buffer.from([0, 0])), '<'],
  ['binary data by its subtype next', new Binary(Buffer.from([1]), 0), new Binary(Buffer.from([0]), 5), '<'],
  ['dates', new Date(-1), new Date(0), '<'],
  ['a date and a later timestamp', new Date(8e15), new Timestamp({ t: 0, i: 1 }), '<'],
  ['timestamps', new Timestamp({ t: 1, i: 2 }), new Timestamp({ t: 1, i: 3 }), '<'],
  ['false and true', false, true, '<'],
  ['objects by the type of a field before its name', { b: 1 }, { a: 'x' }, '<'],
  ['objects by the name of a field before its value', { a: 2 }, { b: 1 }, '<'],
  ['an object and a longer one', { a: 1 }, { a: 1, b: 1 }, '<'],
  ['ObjectIds', new ObjectId('000000000000000000000001'), new ObjectId('000000000000000000000002'), '<'],
];

const comparison = scenarios(
  { area: 'comparison', source: 'MongoDB manual: Comparison/Sort Order' },
  COMPARED.map(([name, left, right, compared]): ScenarioRow => [
    `${name}: ${compared}`,
    [{ _id: 1, left, right }],
    async ({ things }) => {
      const pipeline = [{ $project: { _id: 0, r: { $cmp: ['$left', '$right'] } } }];
      const [result] = await things.aggregate(pipeline).toArray();
      expect(result).toEqual({ r: { '<': -1, '=': 0, '>': 1 }[compared] });
      await things.insertMany([
        { _id: 2, s: right },
        { _id: 3, s: left },
      ] as object[]);
      const sorted = await things.find({ s: { $exists: true } }, { sort: { s: 1, _id: 1 } }).toArray();
      expect(sorted.map((document): unknown => document._id)).toEqual(compared === '<' ? [3, 2] : [2, 3]);
    },
  ]),
);

describeMongo('types', bytes, order, comparison);
