const bits = 1 << 25;
const hashes = 3;

/**
 * Whether a name may have been seen (a Bloom filter, 4 MiB): never wrong when it says no, and of a million names wrong
 * about once in two thousand when it says yes.
 */
export class SeenNames {
  private readonly words = new Uint32Array(bits / 32);

  add(name: string): void {
    for (const bit of positionsOf(name)) {
      const word = bit >>> 5;
      this.words[word] = (this.words[word] ?? 0) | (1 << (bit & 31));
    }
  }

  mayHave(name: string): boolean {
    return positionsOf(name).every((bit) => ((this.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }
}

/** Two sums combined (Kirsch and Mitzenmacher 2006). */
function positionsOf(name: string): number[] {
  let one = 0x811c9dc5;
  let other = 5381;
  for (let index = 0; index < name.length; index++) {
    const code = name.charCodeAt(index);
    one = Math.imul(one ^ code, 0x01000193) >>> 0;
    other = (Math.imul(other, 33) + code) >>> 0;
  }
  one = Math.imul(one ^ (one >>> 16), 0x85ebca6b) >>> 0;
  other = (Math.imul(other ^ (other >>> 15), 0xc2b2ae35) | 1) >>> 0;
  return Array.from({ length: hashes }, (_none, index) => (one + Math.imul(other, index)) & (bits - 1));
}
