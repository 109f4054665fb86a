import fc from 'fast-check';
import type { MappingProfile } from '../../../domain/reconciliation/uploads/mapping-profile.js';
import {
  bytesOf,
  cancel,
  correction,
  fill,
  line,
  logOf,
  message,
  ndjson,
  profile,
  readFile,
} from './read-rows.testing.js';

/** The bytes in pieces of these lengths, over and over. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, index = 0; at < bytes.length; index++) {
    const length = lengths[index % lengths.length]!;
    chunks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return chunks;
}

const lengths = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 });
/** Texts near to what the formats have. */
const nearly = (pieces: readonly string[]) =>
  fc
    .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary-ascii', maxLength: 6 })), {
      maxLength: 40,
    })
    .map((parts) => bytesOf(parts.join('')));
const anyBytes = fc.uint8Array({ maxLength: 400 });
const formats: readonly (readonly [string, MappingProfile, fc.Arbitrary<Uint8Array>])[] = [
  [
    'FIX',
    { ...profile, checks: 'ignore' },
    fc.oneof(
      anyBytes,
      nearly([
        fill('a'),
        fill('b', '|43=Y'),
        cancel('x', 'a'),
        cancel('b', 'b'),
        correction('b', 'a', '3'),
        '8=FIX.4.4|',
        '|10=1|',
        '\n',
        '\r',
        '35=8|',
        '95=4|96=',
        '552=2|54=1|',
      ]),
    ),
  ],
  [
    'NDJSON',
    ndjson,
    fc.oneof(anyBytes, nearly([line(), '{', '}', '"', '\\', '\n', '\r', '1', ':', ',', '['])),
  ],
];

describe.each(formats)('any bytes as %s', (_name, itsProfile, bytes) => {
  const outcome = async (chunks: readonly Uint8Array[]): Promise<unknown> => {
    try {
      return await readFile(itsProfile, chunks);
    } catch (error) {
      // Nothing but a refusal that has its code.
      return { code: (error as { code: unknown }).code };
    }
  };

  it('are read, or refused as a whole with a code; cut anywhere, they give the same rows', () =>
    fc.assert(
      fc.asyncProperty(bytes, lengths, async (file, pieces) => {
        const whole = await outcome([file]);
        expect(await outcome(cut(file, pieces))).toEqual(whole);
        if (typeof whole === 'object' && whole !== null && 'code' in whole)
          expect(whole.code).toBe('reconciliation.unreadable-upload');
      }),
      { numRuns: 300 },
    ));
});

describe('any history of fills, cancels and corrections', () => {
  const step = fc.oneof(
    fc.nat(8).map((id) => fill(`e${id}`)),
    fc.tuple(fc.nat(8), fc.nat(8)).map(([id, of]) => cancel(`e${id}`, `e${of}`)),
    fc.tuple(fc.nat(8), fc.nat(8)).map(([id, of]) => correction(`e${id}`, `e${of}`, '11')),
    fc.nat(8).map((id) => fill(`e${id}`, '|43=Y')),
    fc.constant(message('35=D|11=order')),
  );

  it('has every message in a row or among the others', () =>
    fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (messages) => {
        const { records, rejects, others } = await readFile(profile, logOf(...messages));
        const named = others.reduce((sum, { count }) => sum + count, 0);
        expect(records.length + rejects.length + named).toBe(messages.length);
      }),
      { numRuns: 300 },
    ));
});

describe('numbers and names of any JSON object', () => {
  it('are judged as JSON.parse judges them', () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })), async (value) => {
        const text = JSON.stringify(value);
        const { rejects, records } = await readFile(ndjson, [new Uint8Array(Buffer.from(text))]);
        expect(records.length + rejects.length).toBe(1);
        for (const { field } of rejects) expect(field).not.toBe('row');
      }),
    ));
});
