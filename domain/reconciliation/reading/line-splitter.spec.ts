import fc from 'fast-check';
import { type InnerLines, type Line, LineSplitter, longestLine } from './line-splitter.js';

const messages: InnerLines = { begins: /8=FIX/, ends: /\|10=[0-9]{1,10}\|/ };

function split(chunks: readonly string[], inner?: InnerLines): Line[] {
  const splitter = new LineSplitter(inner);
  return [...chunks.flatMap((chunk) => [...splitter.push(chunk)]), ...splitter.end()];
}
const shown = (lines: readonly Line[]): unknown[] => lines.map(({ number, text }) => [number, text]);

describe('a splitter of lines', () => {
  it('knows LF, CRLF and CR, and counts empty lines without giving them', () =>
    expect(shown(split(['a\nb\r\n\r\nc\rd\n\re']))).toEqual([
      [1, 'a'],
      [2, 'b'],
      [4, 'c'],
      [5, 'd'],
      [7, 'e'],
    ]));

  it('counts a second message of a line as a line, and not what stands behind a message', () =>
    expect(shown(split(['x 8=FIX|10=1| tail\n8=FIX|10=2|8=FIX|10=3|\nend'], messages))).toEqual([
      [1, 'x 8=FIX|10=1|'],
      [1, ' tail'],
      [2, '8=FIX|10=2|'],
      [3, '8=FIX|10=3|'],
      [4, 'end'],
    ]));

  it('keeps the beginning of a line that is too long, and goes on behind it', () => {
    const long = 'x'.repeat(longestLine + 100_000);
    const [first, second] = split([`${long}\nb`]);
    expect(first).toEqual({ number: 1, text: 'x'.repeat(longestLine), whole: false });
    expect(second).toEqual({ number: 2, text: 'b', whole: true });
    expect(split(['y'.repeat(longestLine)])).toMatchObject([{ whole: true }]);
  });

  it('gives the same lines wherever the file is cut', () => {
    const piece = fc.oneof(
      fc.constantFrom('\r', '\n', '\r\n', '8=FIX', '|10=123|', '|10=', '7|', 'a'),
      fc.constant('x'.repeat(30_000)),
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }),
        fc.array(fc.nat(200_000), { maxLength: 8 }),
        (pieces, cuts) => {
          const text = pieces.join('');
          const places = [0, ...cuts.filter((cut) => cut < text.length).sort((one, other) => one - other)];
          const chunks = places.map((place, index) => text.slice(place, places[index + 1]));
          expect(split(chunks, messages)).toEqual(split([text], messages));
        },
      ),
    );
  });
});
