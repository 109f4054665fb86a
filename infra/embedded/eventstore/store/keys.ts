import { createHash } from 'node:crypto';
import { uuidToBytes } from '../wire/uuid.js';

const LONGEST_PLAIN_NAME = 1000;
const WORD = 2 ** 32;

/** Writes a whole number as eight bytes that sort as it does; exact up to 2^53 and at powers of two. */
function writeUnsigned64(target: Buffer, offset: number, value: number): void {
  target.writeUInt32BE(Math.floor(value / WORD), offset);
  target.writeUInt32BE(value % WORD, offset + 4);
}

function readUnsigned64(source: Buffer, offset: number): number {
  return source.readUInt32BE(offset) * WORD + source.readUInt32BE(offset + 4);
}

/** Keys of the log, values of the index: the position of a record. */
export function positionKey(position: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  writeUnsigned64(key, 0, position);
  return key;
}

export function readPosition(bytes: Buffer): number {
  return readUnsigned64(bytes, 0);
}

/** Keys of the index: stream number and revision. */
export function indexKey(stream: number, revision: number): Buffer {
  const key = Buffer.allocUnsafe(12);
  key.writeUInt32BE(stream, 0);
  writeUnsigned64(key, 4, revision);
  return key;
}

export function readIndexKey(key: Buffer): { stream: number; revision: number } {
  return { stream: key.readUInt32BE(0), revision: readUnsigned64(key, 4) };
}

/** Keys of the event ids: stream number and id. */
export function idKey(stream: number, id: string): Buffer {
  const key = Buffer.allocUnsafe(20);
  key.writeUInt32BE(stream, 0);
  uuidToBytes(id).copy(key, 4);
  return key;
}

const PLAIN_NAME = 1;
const HASHED_NAME = 2;

/** Below the keys of all names that are too long to be in a key, and above all others. */
export const LONG_NAMES = Buffer.from([HASHED_NAME]);

/** Keys of the heads: the stream name, or its hash when it is longer than a key can be. */
export function nameKey(name: string): Buffer {
  const bytes = Buffer.concat([Buffer.from([PLAIN_NAME]), Buffer.from(name, 'utf8')]);
  if (bytes.length <= LONGEST_PLAIN_NAME) return bytes;
  return Buffer.concat([Buffer.from([HASHED_NAME]), createHash('sha256').update(bytes).digest()]);
}

/** The name that a key of the heads holds; undefined when it holds only its hash. */
export function readNameKey(key: Buffer): string | undefined {
  return key[0] === PLAIN_NAME ? key.toString('utf8', 1) : undefined;
}
