import fc from 'fast-check';
import { html, link } from './html.js';
import { indentJson, readable } from './readable.js';

test('indented JSON means the same, and its tokens are the same', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const indented = indentJson(text);
      expect(JSON.parse(indented)).toEqual(JSON.parse(text));
      expect(indentJson(indented)).toBe(indented);
    }),
  );
});

test('numbers and repeated keys stay as they are written', () => {
  const text = '{"large":9223372036854775807,"same":1,"same":2,"none":{},"text":"a, {b}: \\"c\\""}';
  expect(indentJson(text)).toBe(
    [
      '{',
      '  "large": 9223372036854775807,',
      '  "same": 1,',
      '  "same": 2,',
      '  "none": {},',
      '  "text": "a, {b}: \\"c\\""',
      '}',
    ].join('\n'),
  );
});

test('text is shown as it is, and other bytes in hexadecimal', () => {
  expect(readable(Buffer.from('half { of'))).toBe('half { of');
  expect(readable(Buffer.from([0, 0xff, 0x41]))).toMatch(/^00000000 {2}00 ff 41 +\.\.A$/);
  expect(readable(Buffer.alloc(5000))).toMatch(/5000 bytes in all/);
});

test('what is put into a page is escaped, whatever it is', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const { text: built } = html`<p title="${text}">${[text]}</p>`;
      expect(built.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toMatch(/^<p title="[^"]*["<>][^>]*">./);
      expect(built.match(/[<>]/g)).toHaveLength(4);
    }),
  );
  expect(html`${html`<b>${'<'}</b>`}`.text).toBe('<b>&lt;</b>');
  expect(link('/web/stream', { name: 'a&b c', before: undefined })).toBe('/web/stream?name=a%26b+c');
});
