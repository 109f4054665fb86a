import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { SignerKey, VerifierKey } from '../notes/note-key.js';
import { encodeNote, isSignedBy, parseNote, signNote } from '../notes/signed-note.js';

/** What a command was answered with: where its last event stands, and its hash. */
export interface ReceiptFields {
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  /** `h` of the event, lower-case hex. */
  readonly hash: string;
}

export interface Receipt extends ReceiptFields {
  /** Name of the log (`axion/<origin>`). */
  readonly log: string;
}

const heading = 'axion/receipt/1';

/**
 * A signed note (C2SP) that says that the event stands there: six lines, `axion/receipt/1`, the log's name, stream,
 * revision, position, hash. The same fields and key give the same bytes (RFC 8032).
 */
export function signReceipt({ stream, revision, position, hash }: ReceiptFields, key: SignerKey): string {
  const text = [heading, key.verifier.name, stream, revision, position, hash, ''].join('\n');
  return encodeNote({ text, signatures: [signNote(text, key)] });
}

/**
 * @param keys of the log, any of which may have signed
 * @throws InvalidRequest `receipt.malformed`, `note.malformed` or `receipt.not-signed`
 */
export function openReceipt(encoded: string, keys: readonly VerifierKey[]): Receipt {
  const note = parseNote(encoded);
  const [first, log = '', stream = '', revision = '', position = '', hash = '', ...rest] =
    note.text.split('\n');
  const whole =
    first === heading &&
    stream !== '' &&
    [revision, position].every((number) => /^\d{1,20}$/.test(number)) &&
    /^[0-9a-f]{64}$/.test(hash) &&
    rest.join() === '';
  if (!whole || rest.length !== 1)
    throw new InvalidRequest('receipt.malformed', `a receipt is the six lines of ${heading}`);
  if (!keys.some((key) => key.name === log && isSignedBy(note, key)))
    throw new InvalidRequest('receipt.not-signed', 'the receipt is not signed by a key of the log');
  return { log, stream, revision, position, hash };
}
