import type { SignerKey, VerifierKey } from './note-key.js';
import { isSignedBy, type NoteSignature, type SignedNote } from './signed-note.js';

const timeBytes = 8;

/** A witness says that it saw this checkpoint then, and nothing that contradicts it before (C2SP tlog-cosignature, v1). */
export function cosign(text: string, key: SignerKey, atSeconds: number): NoteSignature {
  const { name, id } = key.verifier;
  const time = Buffer.alloc(timeBytes);
  time.writeBigUInt64BE(BigInt(atSeconds));
  return { name, keyId: id, signature: Buffer.concat([time, key.sign(messageOf(text, BigInt(atSeconds)))]) };
}

export function isCosignedBy(note: SignedNote, key: VerifierKey): boolean {
  return isSignedBy(note, key, (signature, text) =>
    signature.length > timeBytes
      ? {
          message: messageOf(text, signature.readBigUInt64BE(0)),
          signature: signature.subarray(timeBytes),
        }
      : undefined,
  );
}

/** When a witness cosigned, in seconds since 1970. */
export function cosignedAt({ signature }: NoteSignature): number | undefined {
  return signature.length > timeBytes ? Number(signature.readBigUInt64BE(0)) : undefined;
}

function messageOf(text: string, atSeconds: bigint): Buffer {
  return Buffer.from(`cosignature/v1\ntime ${atSeconds}\n${text}`);
}
