import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { InvalidRequest } from '../../../domain/kernel/errors.js';
import { sha256 } from '../merkle/hashing.js';

/** Kinds of signature that a note can bear (C2SP signed-note and tlog-cosignature). */
export const signatureTypes = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = (typeof signatureTypes)[keyof typeof signatureTypes];

/** Who can check a signature. */
export interface VerifierKey {
  readonly name: string;
  readonly type: SignatureType;
  /** The first four bytes of SHA-256(name, newline, type, public key): tells keys of one name apart. */
  readonly id: Buffer;
  /** 32 bytes. */
  readonly publicKey: Buffer;
  verifies(message: Uint8Array, signature: Uint8Array): boolean;
}

/** Who can make one. */
export interface SignerKey {
  readonly verifier: VerifierKey;
  sign(message: Uint8Array): Buffer;
}

/** DER around the 32 bytes of an Ed25519 key (RFC 8410). */
const publicKeyPrefix = Buffer.from('302a300506032b6570032100', 'hex');
const privateKeyPrefix = Buffer.from('302e020100300506032b657004220420', 'hex');
const keyBytes = 32;

/** @throws InvalidRequest `note.bad-key` for a name or a key that a note cannot bear */
export function verifierKey(name: string, type: SignatureType, publicKey: Uint8Array): VerifierKey {
  if (!isKeyName(name) || publicKey.length !== keyBytes)
    throw new InvalidRequest('note.bad-key', 'a key has a name without spaces and plus signs, and 32 bytes');
  const raw = Buffer.from(publicKey);
  const key = createPublicKey({ key: Buffer.concat([publicKeyPrefix, raw]), format: 'der', type: 'spki' });
  return {
    name,
    type,
    id: sha256(Buffer.concat([Buffer.from(`${name}\n`), Buffer.from([type]), raw])).subarray(0, 4),
    publicKey: raw,
    verifies: (message, signature) => verify(null, message, key, signature),
  };
}

/** @param seed the 32 bytes that an Ed25519 key pair is made from (RFC 8032) */
export function signerKey(name: string, type: SignatureType, seed: Uint8Array): SignerKey {
  const key = privateKeyOf(seed);
  const exported = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return {
    verifier: verifierKey(name, type, exported.subarray(-keyBytes)),
    sign: (message) => sign(null, message, key),
  };
}

/** `name+id+base64`: how a verifier key is handed over. */
export function encodeVerifierKey({ name, type, id, publicKey }: VerifierKey): string {
  return `${name}+${id.toString('hex')}+${Buffer.concat([Buffer.from([type]), publicKey]).toString('base64')}`;
}

/** @throws InvalidRequest `note.bad-key` when it is none, or not the one that its id says */
export function decodeVerifierKey(text: string): VerifierKey {
  const [, name = '', id = '', encoded = ''] =
    /^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)$/.exec(text.trim()) ?? [];
  const [type, ...publicKey] = Buffer.from(encoded, 'base64');
  if (!isSignatureType(type)) throw new InvalidRequest('note.bad-key', 'a verifier key reads name+id+base64');
  const key = verifierKey(name, type, Buffer.from(publicKey));
  if (key.id.toString('hex') !== id)
    throw new InvalidRequest('note.bad-key', `the key of ${name} is not the one that its id says`);
  return key;
}

/** No white space, no plus sign, not empty: it stands between such in notes and keys. */
function isKeyName(name: string): boolean {
  return /^[^\s+]+$/u.test(name);
}

function isSignatureType(value: number | undefined): value is SignatureType {
  return value === signatureTypes.ed25519 || value === signatureTypes.cosignature;
}

function privateKeyOf(seed: Uint8Array): KeyObject {
  if (seed.length !== keyBytes) throw new InvalidRequest('note.bad-key', 'a private key has 32 bytes');
  return createPrivateKey({ key: Buffer.concat([privateKeyPrefix, seed]), format: 'der', type: 'pkcs8' });
}
