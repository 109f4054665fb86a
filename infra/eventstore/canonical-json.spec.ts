import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import type { JsonValue } from '../../domain/kernel/json.js';
import { canonicalJson, toStorableJson } from './canonical-json.js';

const vectors = 'test/data/audit/jcs/testdata';

describe('canonical JSON', () => {
  it.each(readdirSync(`${vectors}/input`))('agrees with the published vector %s', (file) => {
    const input = JSON.parse(readFileSync(`${vectors}/input/${file}`, 'utf8')) as JsonValue;
    const bytes = Buffer.from(canonicalJson(input), 'utf8');
    const expected = readFileSync(`${vectors}/outhex/${file.replace('.json', '.txt')}`, 'utf8');
    expect(bytes.toString('hex')).toBe(expected.replace(/\s/g, ''));
  });

  it('is the same after a round trip through text', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (value) => {
        fc.pre(!JSON.stringify(value).includes('proto'));
        const object = value as { [key: string]: JsonValue };
        expect(canonicalJson(JSON.parse(JSON.stringify(object)) as JsonValue)).toBe(canonicalJson(object));
      }),
    ));
});

describe('canonical JSON of what has its keys in another order', () => {
  const reversed = (value: JsonValue): JsonValue => {
    if (Array.isArray(value)) return value.map(reversed);
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const);
    return Object.fromEntries(members.reverse());
  };

  it('is the same, as it is where they stand in their order', () =>
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        const value = given as JsonValue;
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        const text = canonicalJson(value);
        expect(canonicalJson(reversed(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text) as JsonValue)).toBe(text);
      }),
    ));

  it('orders names of numbers as texts, which no object keeps in that order', () =>
    expect(canonicalJson({ '9': 1, '10': 2, a: [{ '2': 1, '10': 0 }] })).toBe(
      '{"10":2,"9":1,"a":[{"10":0,"2":1}]}',
    ));
});

describe('data about to be stored', () => {
  it('drops properties that are undefined', () =>
    expect(toStorableJson({ a: undefined, b: 1 })).toEqual({ b: 1 }));

  it.each<[string, object, string]>([
    ['an undefined member of a list', { a: [1, undefined] }, '/a/1'],
    ['a number that is not finite', { a: { b: Number.NaN } }, '/a/b'],
    ['an integer beyond 2^53 − 1', { a: 2 ** 53 }, '/a'],
    ['half of a surrogate pair', { a: '\ud800' }, '/a'],
    ['a bigint', { a: 1n }, '/a'],
    ['a name that could poison a prototype', JSON.parse('{"a":{"__proto__":1}}') as object, '/a/__proto__'],
    ['a date, which is not plain data', { at: new Date(0) }, '/at'],
  ])('refuses %s and says where it is', (_what, value, path) =>
    expect(() => toStorableJson(value)).toThrow(
      expect.objectContaining({ code: 'json.refused', details: { path } }),
    ),
  );

  it('refuses nesting deeper than 64', () => {
    let deep: object = {};
    for (let depth = 0; depth < 70; depth++) deep = { deep };
    expect(() => toStorableJson(deep)).toThrow(expect.objectContaining({ code: 'json.refused' }));
  });
});
