import { CommandError } from '../errors.js';
import { BsonType, valueLength } from './value.js';

const DEEPEST = 180;

function malformed(): CommandError {
  return new CommandError('InvalidBSON', 'invalid BSON: a length does not fit its document');
}

/**
 * Proves that every length inside a document fits, before anything relies on it.
 * Invariant: after this, walking the document never leaves it.
 */
export function checkDocument(bytes: Buffer, start: number, end: number, depth = 0): void {
  if (depth > DEEPEST) throw new CommandError('BadValue', 'cannot nest documents deeper than 180 levels');
  if (end - start < 5 || end > bytes.length || bytes.readInt32LE(start) !== end - start) throw malformed();
  if (bytes[end - 1] !== 0) throw malformed();
  let position = start + 4;
  while (position < end - 1) {
    const type = bytes[position] ?? 0;
    const nameEnd = bytes.indexOf(0, position + 1);
    if (nameEnd < 0 || nameEnd >= end - 1) throw malformed();
    const valueStart = nameEnd + 1;
    const valueEnd = endOf(type, bytes, valueStart, end);
    if (type === BsonType.document || type === BsonType.array) {
      checkDocument(bytes, valueStart, valueEnd, depth + 1);
    }
    position = valueEnd;
  }
}

function endOf(type: number, bytes: Buffer, start: number, limit: number): number {
  let length: number;
  try {
    length = valueLength(type, bytes, start);
  } catch (error) {
    if (error instanceof RangeError) throw malformed();
    throw error;
  }
  if (length < 0 || start + length > limit - 1) throw malformed();
  if (type === BsonType.string && (length < 5 || bytes[start + length - 1] !== 0)) throw malformed();
  return start + length;
}
