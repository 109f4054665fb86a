import { codeOf } from '../../../domain/kernel/errors.js';
import { signatureTypes, signerKey } from '../notes/note-key.js';
import { openReceipt, signReceipt } from './receipt.js';

const key = signerKey('axion/test', signatureTypes.ed25519, Buffer.alloc(32, 1));
const fields = { stream: 'thing-acme.a', revision: '3', position: '4711', hash: 'ab'.repeat(32) };

function refusal(text: string): unknown {
  try {
    return openReceipt(text, [key.verifier]);
  } catch (error) {
    return codeOf(error);
  }
}

describe('a receipt', () => {
  it('says where the event stands, and is the same each time', () => {
    const receipt = signReceipt(fields, key);
    expect(signReceipt(fields, key)).toBe(receipt);
    expect(receipt.split('\n').slice(0, 7)).toEqual([
      'axion/receipt/1',
      'axion/test',
      ...Object.values(fields),
      '',
    ]);
    expect(openReceipt(receipt, [key.verifier])).toEqual({ log: 'axion/test', ...fields });
  });

  it.each([
    ['another revision', signReceipt(fields, key).replace('\n3\n', '\n4\n'), 'receipt.not-signed'],
    ['no revision', signReceipt({ ...fields, revision: 'x' }, key), 'receipt.malformed'],
    ['a line more', signReceipt({ ...fields, hash: `${fields.hash}\n1` }, key), 'receipt.malformed'],
    ['no note', 'axion/receipt/1', 'note.malformed'],
  ])('with %s is refused', (_what, text, code) => expect(refusal(text)).toBe(code));

  it('of another key is refused', () => {
    const other = signerKey('axion/test', signatureTypes.ed25519, Buffer.alloc(32, 2));
    expect(refusal(signReceipt(fields, other))).toBe('receipt.not-signed');
  });
});
