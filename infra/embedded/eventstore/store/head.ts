/** The last revision of a stream nothing was ever appended to. */
export const NO_EVENTS = -1;

/** The revision of a tombstone: 2^63, which stands for the server's greatest 64 bit integer. */
export const TOMBSTONE_REVISION = 2 ** 63;

/** Above every revision, the tombstone's too. */
export const BEYOND_REVISIONS = TOMBSTONE_REVISION + 2 ** 32;

/** What the store keeps of one stream: where it ends, and how much of it is still to be seen. */
export interface Head {
  readonly number: number;
  readonly last: number;
  readonly tombstoned: boolean;
  readonly truncateBefore: number;
  readonly maxCount: number | undefined;
  readonly maxAgeSeconds: number | undefined;
}

/** A soft delete is a truncation before the end of all revisions. */
export function isSoftDeleted(head: Head): boolean {
  return head.truncateBefore >= TOMBSTONE_REVISION;
}

/** The lowest revision a reader may see; above `last` when there is none. */
export function firstVisible(name: string, head: Head): number {
  const maxCount = name.startsWith('$$') ? 1 : head.maxCount;
  const byCount = maxCount === undefined ? 0 : head.last - maxCount + 1;
  return Math.max(0, head.truncateBefore, byCount);
}

const SIZE = 40;
const ABSENT = -1;

export function encodeHead(head: Head): Buffer {
  const bytes = Buffer.alloc(SIZE);
  bytes.writeUInt32BE(head.number, 0);
  bytes.writeUInt8(head.tombstoned ? 1 : 0, 4);
  bytes.writeDoubleBE(head.last, 8);
  bytes.writeDoubleBE(head.truncateBefore, 16);
  bytes.writeDoubleBE(head.maxCount ?? ABSENT, 24);
  bytes.writeDoubleBE(head.maxAgeSeconds ?? ABSENT, 32);
  return bytes;
}

export function decodeHead(bytes: Buffer): Head {
  const maxCount = bytes.readDoubleBE(24);
  const maxAgeSeconds = bytes.readDoubleBE(32);
  return {
    number: bytes.readUInt32BE(0),
    tombstoned: bytes.readUInt8(4) === 1,
    last: bytes.readDoubleBE(8),
    truncateBefore: bytes.readDoubleBE(16),
    maxCount: maxCount === ABSENT ? undefined : maxCount,
    maxAgeSeconds: maxAgeSeconds === ABSENT ? undefined : maxAgeSeconds,
  };
}
