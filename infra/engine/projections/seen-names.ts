const bits = 1 << 25;
const hashes = 3;
/** Most read models are small: every build of every one of them would begin with the filter's memory. */
const mostByName = 10_000;

/**
 * Whether a name may have been seen: never wrong when it says no. Exact while there are few; from then on a Bloom
 * filter of 4 MiB, which of a million names is wrong about once in two thousand when it says yes.
 */
export class SeenNames {
  private names: Set<string> | undefined = new Set();
  private words = new Uint32Array(0);

  add(name: string): void {
    if (this.names) this.names.add(name);
    else this.mark(name);
    if (this.names && this.names.size > mostByName) this.becomeFilter(this.names);
  }

  mayHave(name: string): boolean {
    if (this.names) return this.names.has(name);
    return positionsOf(name).every((bit) => ((this.words[bit >>> 5] ?? 0) & (1 << (bit & 31))) !== 0);
  }

  private becomeFilter(names: ReadonlySet<string>): void {
    this.words = new Uint32Array(bits / 32);
    this.names = undefined;
    for (const name of names) this.mark(name);
  }

  private mark(name: string): void {
    for (const bit of positionsOf(name)) {
      const word = bit >>> 5;
      this.words[word] = (this.words[word] ?? 0) | (1 << (bit & 31));
    }
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
