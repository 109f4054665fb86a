/** Where a hash of several values begins. */
export const hashBase = 0x811c9dc5;

/** FNV-1a of a text, from the hash of what stands before it. */
export function hashText(hash: number, text: string): number {
  let next = hash;
  for (let index = 0; index < text.length; index += 1)
    next = Math.imul(next ^ text.charCodeAt(index), 0x01000193);
  return mixed(next);
}

/** Of a safe integer: of all its bits. */
export function hashInteger(hash: number, value: number): number {
  return mixed(mixed(hash ^ value) ^ (value / 0x1_0000_0000));
}

export function hashBigint(hash: number, value: bigint): number {
  const number = Number(value);
  return Number.isSafeInteger(number) ? hashInteger(hash, number) : hashText(hash, value.toString());
}

/** The finalizer of MurmurHash3: 32 bits, none of them linear in the input. */
export function mixed(hash: number): number {
  let mix = hash ^ (hash >>> 16);
  mix = Math.imul(mix, 0x85ebca6b);
  mix ^= mix >>> 13;
  mix = Math.imul(mix, 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
