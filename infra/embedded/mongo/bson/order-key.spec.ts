import { Decimal128, Double, Int32, Long } from 'bson';
import fc from 'fast-check';
import { ByteWriter } from './byte-writer.js';
import { compareValues } from './compare.js';
import { writeOrderKey } from './order-key.js';
import { BsonValue } from './value.js';

function keyOf(value: unknown, descending = false): Buffer {
  const writer = new ByteWriter();
  writeOrderKey(writer, BsonValue.from(value));
  if (descending) writer.complement(0);
  return writer.take();
}

const bigEdges = [0n, 1n, -1n, 2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)];
const longs = fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.constantFrom(...bigEdges));
const doubles = fc.oneof(
  fc.double({ noNaN: true }),
  fc.constantFrom(2 ** 53, -(2 ** 53), 0.1, -0.1, 1e300, 5e-324),
);
const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 33n), max: 10n ** 33n }), fc.integer({ min: -40, max: 40 }))
  .map(([coefficient, exponent]) => ({ coefficient, exponent }));

/** Each number beside its exact value as a fraction: an oracle that shares no code with the keys. */
const numbers = fc.oneof(
  fc.integer().map((value) => ({ stored: new Int32(value), exact: [BigInt(value), 1n] as const })),
  longs.map((value) => ({ stored: Long.fromBigInt(value), exact: [value, 1n] as const })),
  doubles.filter(Number.isFinite).map((value) => ({ stored: new Double(value), exact: fractionOf(value) })),
  decimals.map(({ coefficient, exponent }) => ({
    stored: Decimal128.fromString(`${coefficient.toString()}E${exponent}`),
    exact:
      exponent >= 0
        ? ([coefficient * 10n ** BigInt(exponent), 1n] as const)
        : ([coefficient, 10n ** BigInt(-exponent)] as const),
  })),
);

function fractionOf(value: number): readonly [bigint, bigint] {
  let denominator = 1n;
  let numerator = value;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return [BigInt(numerator), denominator];
}

function exactOrder([a, b]: readonly [bigint, bigint], [c, d]: readonly [bigint, bigint]): number {
  const left = a * d;
  const right = c * b;
  return left < right ? -1 : left > right ? 1 : 0;
}

const scalars: fc.Arbitrary<unknown> = fc.oneof(
  numbers.map(({ stored }) => stored),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
);
const values: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalars,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'ab'), tie('value'), { maxKeys: 3 }),
  ),
})).value;

describe('order keys', () => {
  it('order numbers of every type together by their exact value', () => {
    fc.assert(
      fc.property(numbers, numbers, (left, right) => {
        const wanted = exactOrder(left.exact, right.exact);
        expect(Math.sign(keyOf(left.stored).compare(keyOf(right.stored)))).toBe(wanted);
        expect(Math.sign(compareValues(BsonValue.from(left.stored), BsonValue.from(right.stored)))).toBe(
          wanted,
        );
        expect(Math.sign(keyOf(right.stored, true).compare(keyOf(left.stored, true)))).toBe(wanted);
      }),
      { numRuns: 1000 },
    );
  });

  it('tell neighbours beyond 2^53 apart', () => {
    const keys = ['9007199254740991', '9007199254740992', '9007199254740993', '9007199254740994'].map(
      (text) => keyOf(Long.fromString(text)),
    );
    expect(keys.every((key, index) => index === 0 || keys[index - 1]!.compare(key) < 0)).toBe(true);
    expect(keyOf(new Double(2 ** 53))).toEqual(keyOf(Long.fromString('9007199254740992')));
  });

  it('put NaN before every number and order the types as the server does', () => {
    const ascending = [
      null,
      new Double(NaN),
      new Double(-Infinity),
      new Int32(-1),
      new Int32(0),
      new Double(Infinity),
      '',
      'a',
      {},
      { a: 1 },
      [],
      false,
      true,
      new Date(-1),
      new Date(0),
    ];
    const keys = ascending.map((value) => keyOf(value));
    expect(keys.map((key, index) => index === 0 || keys[index - 1]!.compare(key) < 0)).toEqual(
      ascending.map(() => true),
    );
  });

  it('agree with the comparison of any two values, and no key begins another', () => {
    fc.assert(
      fc.property(values, values, (left, right) => {
        const [a, b] = [keyOf(left), keyOf(right)];
        const compared = compareValues(BsonValue.from(left), BsonValue.from(right));
        expect(Math.sign(a.compare(b))).toBe(Math.sign(compared));
        if (compared !== 0) expect(a.subarray(0, b.length).equals(b)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });
});
