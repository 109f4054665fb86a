import { randomBytes } from 'node:crypto';
import type { IdSource } from '../../domain/kernel/time.js';

/** Asked for in bulk: a call to the system costs as much for 16 bytes as for many. */
let pool = Buffer.alloc(0);
let used = 0;

function take(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    pool = randomBytes(4096);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}

/** Ids from the operating system's randomness. */
export const randomIds: IdSource = {
  next: () => {
    const bytes = take(16);
    // UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then the version, then randomness.
    bytes.writeUIntBE(Date.now(), 0, 6);
    bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
    bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
    const hex = bytes.toString('hex');
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  },
  salt: () => take(16).toString('hex'),
};
