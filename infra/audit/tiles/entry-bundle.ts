import { InvariantBroken } from '../../../domain/kernel/errors.js';

const lengthBytes = 2;
const longestEntry = 65_535;

/** Entries, each behind its length as 16 bits, big-endian (C2SP tlog-tiles). @throws InvariantBroken for a longer one */
export function encodeBundle(entries: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    entries.flatMap((entry) => {
      if (entry.length > longestEntry)
        throw new InvariantBroken('audit.entry-too-long', `an entry has at most ${longestEntry} bytes`);
      const length = Buffer.alloc(lengthBytes);
      length.writeUInt16BE(entry.length);
      return [length, entry];
    }),
  );
}

/** @throws InvariantBroken `audit.torn-bundle` when it does not end with an entry's end */
export function decodeBundle(bytes: Buffer): Buffer[] {
  const entries: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    const begin = at + lengthBytes;
    const end = begin <= bytes.length ? begin + bytes.readUInt16BE(at) : Infinity;
    if (end > bytes.length)
      throw new InvariantBroken('audit.torn-bundle', 'a bundle ends in the middle of an entry');
    entries.push(bytes.subarray(begin, end));
    at = end;
  }
  return entries;
}
