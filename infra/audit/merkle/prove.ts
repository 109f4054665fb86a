import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { nodeHash } from './hashing.js';

/** The root of a perfect subtree: level 0 is a leaf, `index` counts those of the level from the left. */
export type NodeReader = (level: number, index: number) => Promise<Uint8Array>;

/** Hashes that prove the leaf at `index` in the tree of `size` leaves, from its sibling upwards (RFC 6962, 2.1.1). */
export async function inclusionProof(index: number, size: number, node: NodeReader): Promise<Uint8Array[]> {
  if (!(index >= 0 && index < size))
    throw new InvariantBroken('merkle.no-such-leaf', `a tree of ${size} leaves has none at ${index}`);
  const proof: Uint8Array[] = [];
  let begin = 0;
  let end = size;
  while (end - begin > 1) {
    const middle = begin + splitOf(end - begin);
    if (index < middle) {
      proof.push(await rangeHash(middle, end, node));
      end = middle;
    } else {
      proof.push(await rangeHash(begin, middle, node));
      begin = middle;
    }
  }
  return proof.reverse();
}

/** Hashes that prove that the tree of `size` leaves begins with the one of `earlierSize` (RFC 6962, 2.1.2). */
export async function consistencyProof(
  earlierSize: number,
  size: number,
  node: NodeReader,
): Promise<Uint8Array[]> {
  if (!(earlierSize >= 1 && earlierSize <= size))
    throw new InvariantBroken('merkle.no-consistency', `${size} leaves do not begin with ${earlierSize}`);
  const proof: Uint8Array[] = [];
  let begin = 0;
  let end = size;
  // While the earlier tree ends inside of this range, go down to where it ends.
  while (end !== earlierSize) {
    const middle = begin + splitOf(end - begin);
    if (earlierSize <= middle) {
      proof.push(await rangeHash(middle, end, node));
      end = middle;
    } else {
      proof.push(await rangeHash(begin, middle, node));
      begin = middle;
    }
  }
  // What the earlier tree is as a whole, its verifier knows.
  if (begin !== 0) proof.push(await rangeHash(begin, end, node));
  return proof.reverse();
}

/** Root over the leaves from `begin` up to `end`; both as RFC 6962 splits a tree. */
export async function rangeHash(begin: number, end: number, node: NodeReader): Promise<Uint8Array> {
  const size = end - begin;
  const level = Math.round(Math.log2(size));
  if (2 ** level === size) return node(level, begin / size);
  const middle = begin + splitOf(size);
  return nodeHash(await rangeHash(begin, middle, node), await rangeHash(middle, end, node));
}

/** The largest power of two below `size`. */
function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
