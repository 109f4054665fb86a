import { compileRegularExpression } from './regular-expression.js';

describe('regular expressions', () => {
  it.each([
    ['^ab', '', 'abc', true],
    ['AB', 'i', 'xabx', true],
    ['a.c', '', 'a\nc', false],
    ['a.c', 's', 'a\nc', true],
    ['c$', '', 'abc\n', true],
    ['^b', 'm', 'a\nb', true],
    ['a{2}', '', 'aa', true],
    ['{x}', '', '{x}', true],
    ['[]a]', '', ']', true],
    ['\\s', '', '\u00a0', false],
    ['a\\.b', '', 'axb', false],
  ])('read %s with options "%s" as the server does against %j', (pattern, flags, text, matches) => {
    expect(compileRegularExpression(pattern, flags).test(text)).toBe(matches);
  });

  it.each(['(?i)a', '\\Aa', 'a++', '[[:alpha:]]', '\\p{L}', '(?>a)'])(
    'refuse %s instead of matching something else',
    (pattern) => {
      expect(() => compileRegularExpression(pattern, '')).toThrow('not implemented');
    },
  );

  it('say when a pattern is broken', () => {
    expect(() => compileRegularExpression('(', '')).toThrow('Regular expression is invalid');
  });
});
