import fc from 'fast-check';
import { emptyRoot } from '../merkle/hashing.js';
import { checkpointText, parseCheckpoint } from './checkpoint.js';
import { cosign, cosignedAt, isCosignedBy } from './cosignature.js';
import { decodeVerifierKey, encodeVerifierKey, signatureTypes, signerKey } from './note-key.js';
import { encodeNote, isSignedBy, parseNote, signNote } from './signed-note.js';

/** The example of the signed-note specification and of Go's sumdb/note. */
const published = {
  verifier: 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  seed: Buffer.from('AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz', 'base64').subarray(1),
  text: "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n",
  line: '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n',
};
const peter = signerKey('PeterNeumann', signatureTypes.ed25519, published.seed);
const witness = signerKey('witness.example', signatureTypes.cosignature, Buffer.alloc(32, 7));

describe('a signed note', () => {
  it('is byte for byte what others make of the same text and key', () => {
    expect(encodeVerifierKey(peter.verifier)).toBe(published.verifier);
    const signatures = [signNote(published.text, peter)];
    expect(encodeNote({ text: published.text, signatures })).toBe(`${published.text}\n${published.line}`);
  });

  it('that others signed is believed, and one that was changed is not', () => {
    const key = decodeVerifierKey(published.verifier);
    const encoded = `${published.text}\n${published.line}`;
    expect(isSignedBy(parseNote(encoded), key)).toBe(true);
    expect(isSignedBy(parseNote(encoded.replace('answer', 'Answer')), key)).toBe(false);
    expect(isSignedBy(parseNote(encoded.replace('x08go/ZJ', 'x08go/ZK')), key)).toBe(false);
    expect(isSignedBy(parseNote(encoded), witness.verifier)).toBe(false);
  });

  it('is spoilt by a second, bad signature in the same name', () => {
    const good = signNote(published.text, peter);
    const bad = { ...good, signature: Buffer.alloc(64) };
    expect(isSignedBy({ text: published.text, signatures: [good, bad] }, peter.verifier)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['no signature', 'text\n\n'],
    ['no empty line', `text\n${published.line}`],
    ['an end without its newline', `text\n\n${published.line.trimEnd()}`],
    ['a line that is none', 'text\n\n- PeterNeumann AAAA\n'],
    ['a signature that is too short', 'text\n\n— PeterNeumann AAAA\n'],
    ['base64 that reads in two ways', 'text\n\n— PeterNeumann x08go/Z=\n'],
    ['a control character', `te\u0007xt\n\n${published.line}`],
    ['a hundred and one signatures', `text\n\n${published.line.repeat(101)}`],
  ])('is refused with %s', (_what, encoded) => {
    expect(() => parseNote(encoded)).toThrow('the signed note cannot be read');
  });
});

describe('a verifier key', () => {
  it.each([
    ['nonsense', 'PeterNeumann'],
    ['another id', published.verifier.replace('c74f20a3', 'c74f20a4')],
    ['another name', published.verifier.replace('Peter', 'Petra')],
    ['an unknown algorithm', 'PeterNeumann+c74f20a3+CRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['too few bytes', 'PeterNeumann+c74f20a3+ARpc'],
  ])('is refused with %s', (_what, text) => {
    expect(() => decodeVerifierKey(text)).toThrow();
  });

  it('has no name that a note could not bear', () => {
    for (const name of ['', 'two words', 'a+b'])
      expect(() => signerKey(name, signatureTypes.ed25519, Buffer.alloc(32))).toThrow(
        'a name without spaces',
      );
  });
});

describe('a checkpoint', () => {
  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, root) => {
        const checkpoint = {
          origin: 'axion.example/0f',
          size,
          root: Buffer.from(root),
          extensions: ['seal 7'],
        };
        expect(parseCheckpoint(checkpointText(checkpoint))).toEqual(checkpoint);
      }),
    );
  });

  const root = emptyRoot.toString('base64');
  it.each([
    ['no origin', `\n1\n${root}\n`],
    ['a size with a zero before it', `o\n01\n${root}\n`],
    ['a size beyond counting', `o\n99999999999999999999\n${root}\n`],
    ['half a root', `o\n1\n${root.slice(0, 20)}\n`],
    ['no end', `o\n1\n${root}`],
    ['an empty line', `o\n1\n${root}\n\n`],
  ])('is refused with %s', (_what, text) => {
    expect(() => parseCheckpoint(text)).toThrow('a checkpoint is its origin');
  });
});

describe('a cosignature', () => {
  it('holds for its text and its time, and says the time', () => {
    const signature = cosign(published.text, witness, 1_700_000_000);
    expect(isCosignedBy({ text: published.text, signatures: [signature] }, witness.verifier)).toBe(true);
    expect(cosignedAt(signature)).toBe(1_700_000_000);
    const later = Buffer.from(signature.signature);
    later.writeBigUInt64BE(1_700_000_001n);
    const moved = { text: published.text, signatures: [{ ...signature, signature: later }] };
    expect(isCosignedBy(moved, witness.verifier)).toBe(false);
    expect(isCosignedBy({ text: 'other\n', signatures: [signature] }, witness.verifier)).toBe(false);
    const short = { ...signature, signature: Buffer.alloc(8) };
    expect(isCosignedBy({ text: published.text, signatures: [short] }, witness.verifier)).toBe(false);
  });
});
