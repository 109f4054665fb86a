import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { emptyRoot, nodeHash } from './hashing.js';

/** Told of every perfect subtree as it becomes complete: level 0 is a leaf. */
export type OnNode = (level: number, index: number, hash: Buffer) => void;

/**
 * The first `size` leaves of a tree by the roots of their perfect subtrees, the largest first: all that is needed to
 * go on appending, at most 53 hashes.
 */
export class CompactRange {
  private constructor(
    private count: number,
    private readonly roots: Buffer[],
  ) {}

  static empty(): CompactRange {
    return new CompactRange(0, []);
  }

  /** @throws InvariantBroken `merkle.bad-range` when so many hashes do not make a tree of that size */
  static of(size: number, hashes: readonly Uint8Array[]): CompactRange {
    if (!Number.isSafeInteger(size) || size < 0 || hashes.length !== onesOf(size))
      throw new InvariantBroken('merkle.bad-range', `${hashes.length} hashes make no tree of ${size} leaves`);
    return new CompactRange(
      size,
      hashes.map((one) => Buffer.from(one)),
    );
  }

  get size(): number {
    return this.count;
  }

  /** Of its perfect subtrees, the largest first. */
  get hashes(): readonly Buffer[] {
    return this.roots;
  }

  append(leaf: Buffer, onNode?: OnNode): void {
    let index = this.count;
    let level = 0;
    let hash = leaf;
    onNode?.(level, index, hash);
    while (index % 2 === 1) {
      const left = this.roots.pop();
      if (!left) throw new InvariantBroken('merkle.bad-range', 'a subtree is missing');
      hash = nodeHash(left, hash);
      index = (index - 1) / 2;
      level += 1;
      onNode?.(level, index, hash);
    }
    this.roots.push(hash);
    this.count += 1;
  }

  root(): Buffer {
    return this.roots.length === 0
      ? emptyRoot
      : this.roots.reduceRight((right, left) => nodeHash(left, right));
  }

  copy(): CompactRange {
    return new CompactRange(this.count, [...this.roots]);
  }
}

/** How many binary digits are 1. */
function onesOf(size: number): number {
  let ones = 0;
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) ones += rest % 2;
  return ones;
}
