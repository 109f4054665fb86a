import fc from 'fast-check';
import { axionCsv } from '../../../domain/reconciliation/uploads/mapping-profile.js';
import { readFile } from './read-rows.testing.js';

const names = Object.values(axionCsv.columns);
const header = names.join(',');
/** Nothing but the parser can read a file that begins so. */
const quotedHeader = names.map((name) => `"${name}"`).join(',');
const whole = 'T1,FUND,IBM,buy,100,189.5,USD,2024-06-12T14:00:00Z,2024-06-13,CITI,1.25';

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'utf8'));

function cut(file: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, index = 0; at < file.length; index++) {
    const length = lengths[index % lengths.length]!;
    chunks.push(file.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 8 });
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      whole,
      whole,
      whole.replace('T1', 'Zürich'),
      whole.replace('100', '0'),
      'x'.repeat(70_000),
    ),
    fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\n', ',', '"', '""', 'a"b', '"a,\nb"', '\uFEFF', ' '),
    fc.string({ maxLength: 5 }),
  ),
  { maxLength: 30 },
);
const outcome = (text: string, chunks: readonly Uint8Array[]) =>
  readFile(axionCsv, chunks).then(
    ({ records, rejects }) => ({ records, rejects }),
    (error: unknown) => ({ refused: String(error), text: text.length }),
  );

describe('a CSV file', () => {
  it('is read alike whether its lines can be split or must be parsed, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(pieces, lengths, fc.constantFrom('\n', '\r\n'), async (parts, cuts, end) => {
        const text = parts.join('');
        const parsed = await outcome(text, [bytes(`${quotedHeader}${end}${text}`)]);
        expect(await outcome(text, cut(bytes(`${header}${end}${text}`), cuts))).toEqual(parsed);
        expect(await outcome(text, [bytes(`\uFEFF${header}${end}${text}`)])).toEqual(parsed);
      }),
      { numRuns: 60 },
    );
  });

  it('names the line of what is wrong in it, behind any number of lines that were split', async () => {
    const lines = Array.from({ length: 400 }, () => whole).join('\n');
    const refused = (last: Uint8Array) => readFile(axionCsv, [bytes(`${header}\n${lines}\n`), last]);
    await expect(refused(Uint8Array.of(0xff, 0x0a))).rejects.toThrow(/not UTF-8, at or after line 402/);
    await expect(refused(bytes(`"${'x'.repeat(70_000)}`))).rejects.toThrow(/at line 402/);
    const { records, rejects } = await refused(bytes(`"two\nlines"\n${whole}`));
    expect(records.map(({ line }) => line).slice(-2)).toEqual([401, 404]);
    expect(rejects.map(({ line }) => line)).toEqual([403]);
  });
});
