import { InvalidRequest } from '../../../domain/kernel/errors.js';
import type { SignerKey, VerifierKey } from './note-key.js';

/** One line below a note (C2SP signed-note). */
export interface NoteSignature {
  readonly name: string;
  /** Four bytes. */
  readonly keyId: Buffer;
  readonly signature: Buffer;
}

export interface SignedNote {
  /** Ends in a newline, which is signed too. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const signatureLine = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/u;
const mostSignatures = 100;
const keyIdBytes = 4;

/** Signs a note's text as it stands. */
export function signNote(text: string, key: SignerKey): NoteSignature {
  const { name, id } = key.verifier;
  return { name, keyId: id, signature: key.sign(Buffer.from(text)) };
}

export function encodeNote({ text, signatures }: SignedNote): string {
  return `${text}\n${signatures.map(encodeSignature).join('')}`;
}

/** One line, its end included. */
export function encodeSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${Buffer.concat([keyId, signature]).toString('base64')}\n`;
}

/** Lines of signatures alone, as a witness answers. @throws InvalidRequest `note.malformed` */
export function parseSignatures(encoded: string): readonly NoteSignature[] {
  return encoded
    .split('\n')
    .filter((line) => line !== '')
    .map(signatureOf);
}

/** @throws InvalidRequest `note.malformed` */
export function parseNote(encoded: string): SignedNote {
  const split = encoded.lastIndexOf('\n\n');
  const text = encoded.slice(0, split + 1);
  const lines = encoded.slice(split + 2).split('\n');
  if (
    split < 0 ||
    lines.pop() !== '' ||
    lines.length === 0 ||
    lines.length > mostSignatures ||
    hasControls(encoded)
  )
    throw malformed('it is a text, an empty line and 1 to 100 signatures, each line with its end');
  return { text, signatures: lines.map(signatureOf) };
}

/** Whether a key signed the note. One bad signature in its name spoils it, whatever the others say. */
export function isSignedBy(
  { text, signatures }: SignedNote,
  key: VerifierKey,
  messageOf: (signature: Buffer, text: string) => { message: Buffer; signature: Buffer } | undefined = plain,
): boolean {
  const own = signatures.filter(({ name, keyId }) => name === key.name && keyId.equals(key.id));
  return (
    own.length > 0 &&
    own.every(({ signature }) => {
      const signed = messageOf(signature, text);
      return signed !== undefined && key.verifies(signed.message, signed.signature);
    })
  );
}

function plain(signature: Buffer, text: string): { message: Buffer; signature: Buffer } {
  return { message: Buffer.from(text), signature };
}

function signatureOf(line: string): NoteSignature {
  const [, name = '', encoded = ''] = signatureLine.exec(line) ?? [];
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length <= keyIdBytes || bytes.toString('base64') !== encoded)
    throw malformed(`this is no signature: ${line.slice(0, 100)}`);
  return { name, keyId: bytes.subarray(0, keyIdBytes), signature: bytes.subarray(keyIdBytes) };
}

/** Of all control characters only the end of a line may stand in a note. */
function hasControls(text: string): boolean {
  return /[\u0000-\u0009\u000b-\u001f]/u.test(text);
}

function malformed(reason: string): InvalidRequest {
  return new InvalidRequest('note.malformed', `the signed note cannot be read: ${reason}`);
}
