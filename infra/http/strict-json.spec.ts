import fc from 'fast-check';
import { parseStrictJson } from './strict-json.js';

describe('strict JSON', () => {
  it('reads any JSON as JSON.parse does', () =>
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
        const value: unknown = JSON.parse(text);
        expect(parseStrictJson(JSON.stringify(value, null, indent))).toEqual(value);
      }),
    ));

  it.each([
    ['at the top', '{"a":1,"a":2}'],
    ['deeper down', '{"x":[{"b":{"a":1,"c":3,"a" : 2}}]}'],
    ['written in two ways', '{"a":1,"\\u0061":2}'],
    ['behind a string that looks like one', '{"a":"\\"a\\":", "a":1}'],
  ])('refuses a name that stands twice, %s', (_where, text) =>
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: 'request.duplicate-name' })),
  );

  it.each([
    '{"a":"b","b":"a"}',
    '[{"a":1},{"a":2}]',
    '{"a":{"a":{"a":1}}}',
    '["a","a"]',
    '{"a":["a","a"],"b":"a"}',
  ])('takes %s', (text) => expect(parseStrictJson(text)).toEqual(JSON.parse(text)));

  it('refuses nesting deeper than 64', () =>
    expect(() => parseStrictJson('['.repeat(200_000) + ']'.repeat(200_000))).toThrow(
      expect.objectContaining({ code: 'request.too-deep' }),
    ));

  it.each(['', '{', '{"a":1,}', 'NaN'])('refuses %j, which is no JSON', (text) =>
    expect(() => parseStrictJson(text)).toThrow(expect.objectContaining({ code: 'request.bad-json' })),
  );
});
