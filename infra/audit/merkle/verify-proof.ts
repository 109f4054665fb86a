import { hashBytes, nodeHash } from './hashing.js';

/**
 * Whether a leaf stands at `index` in the tree of `size` leaves with this root (RFC 9162, 2.1.3.2).
 *
 * @param proof hashes from the leaf's sibling upwards
 */
export function provesInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!isCount(index) || !isCount(size) || index >= size || ![leaf, ...proof].every(isHash)) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(hash, root);
}

/**
 * Whether the tree of `size` leaves begins with the one of `earlierSize` (RFC 9162, 2.1.4.2). Nothing is consistent
 * with the empty tree: it would prove nothing, and who asks for it has made a mistake.
 */
export function provesConsistency(
  earlierSize: number,
  size: number,
  proof: readonly Uint8Array[],
  earlierRoot: Uint8Array,
  root: Uint8Array,
): boolean {
  if (!isCount(earlierSize) || !isCount(size) || earlierSize < 1 || earlierSize > size) return false;
  if (earlierSize === size) return proof.length === 0 && same(earlierRoot, root);
  if (![earlierRoot, ...proof].every(isHash)) return false;
  let node = earlierSize - 1;
  let last = size - 1;
  while (node % 2 === 1) [node, last] = [half(node), half(last)];
  // A perfect earlier tree is a node of the later one, and need not be told.
  const [first, ...rest] = node === 0 ? [earlierRoot, ...proof] : proof;
  if (!first) return false;
  let earlier = first;
  let hash = first;
  for (const sibling of rest) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      earlier = nodeHash(sibling, earlier);
      hash = nodeHash(sibling, hash);
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)];
    } else hash = nodeHash(hash, sibling);
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && same(earlier, earlierRoot) && same(hash, root);
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function isHash(bytes: Uint8Array): boolean {
  return bytes.length === hashBytes;
}

function half(value: number): number {
  return Math.floor(value / 2);
}

function same(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
