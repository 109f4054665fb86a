import fc from 'fast-check';
import { compilePattern } from './filter-pattern.js';

test.each([
  ['^order-', 'order-1', true],
  ['^order-', 'my-order-1', false],
  ['order', 'my-order-1', true],
  ['^[0-9]*_regex_[A-z]*$', '12_regex_ab', true],
  ['^(?!\\$)', '$system', false],
  ['^[^\\$].*', 'plain', true],
  ['^[^\\$].*', '$metadata', false],
  ['\\Aorder\\z', 'order', true],
  ['\\Aorder', 'Aorder', false],
  ['order\\Z', 'order\n', true],
  ['order$', 'order\n', true],
  ['order\\z', 'order\n', false],
  ['^\\w+$', 'straße_7', true],
  ['^\\W$', 'ß', false],
  ['^\\d$', '٣', true],
  ['^\\D$', '٣', false],
  ['^a\\sb$', 'a\u0085b', true],
  ['\\bße', 'straße', false],
  ['stra\\Bße', 'straße', true],
  ['^a.b$', 'a\rb', true],
  ['^a.b$', 'a\nb', false],
  ['^[]x]$', ']', true],
  ['^[^]x]$', 'y', true],
  ['^[a-c-]+$', 'a-c', true],
  ['^[\\w-]+$', 'a-ü', true],
  ['^[\\d\\s.]$', '.', true],
  ['^[.]$', 'x', false],
  ['^a{2}$', 'aa', true],
  ['^a{2,}$', 'aaa', true],
  ['^a{,2}$', 'a{,2}', true],
  ['^{x}]$', '{x}]', true],
  ['^a\\-b\\/c$', 'a-b/c', true],
  ['^(?<year>\\d{4})-\\k<year>$', '2026-2026', true],
  ['^(ab)\\1$', 'abab', true],
  ['^(?:a|b)+?$', 'abba', true],
  ['^\\x41\\u0042\\a$', 'AB\u0007', true],
  ['^\\p{Lu}$', 'Ä', true],
  ['^🚀+$', '🚀🚀', true],
  ['', 'anything', true],
])('%s matches %j: %s', (pattern, text, matches) => {
  expect(compilePattern(pattern).test(text)).toBe(matches);
});

test.each([
  '(?i)order',
  '(?i:order)',
  '(?>a+)',
  "(?'name'a)",
  '(?#comment)a',
  '(?(a)b|c)',
  '(?<open-close>a)',
  '\\Ga',
  '\\p{IsGreek}',
  '[a-z-[aeiou]]',
  '[\\W]',
  '(?<n>a)(b)\\1',
  '\\_',
  '\\q',
  'a\\',
  '(',
  ')',
  '[a',
  '[z-a]',
  'a**',
  '*a',
])('%s is refused', (pattern) => {
  expect(() => compilePattern(pattern)).toThrow(expect.objectContaining({ name: 'UnreadablePattern' }));
});

test('a text whose every sign is escaped matches itself and nothing longer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = [...text].map((sign) => (/\w/.test(sign) ? sign : `\\${sign}`)).join('');
      const pattern = compilePattern(`\\A${escaped}\\z`);
      return pattern.test(text) && !pattern.test(`${text}x`);
    }),
  );
});
