import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { CompactRange } from './compact-range.js';
import { emptyRoot, leafHash, nodeHash } from './hashing.js';
import { consistencyProof, inclusionProof, type NodeReader } from './prove.js';
import { provesConsistency, provesInclusion } from './verify-proof.js';

interface InclusionVector {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}
interface ConsistencyVector {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly desc: string;
  readonly wantErr: boolean;
}

const vectors = join(process.cwd(), 'test/data/audit/merkle');

function vectorsOf<Vector>(folder: string): [string, Vector][] {
  return readdirSync(join(vectors, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .map((path) => [path, JSON.parse(readFileSync(join(vectors, folder, path), 'utf8')) as Vector]);
}

const bytes = (base64: string | null): Buffer => Buffer.from(base64 ?? '', 'base64');

/** RFC 6962, 2.1, word for word. */
function rootOf(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves;
  if (!first) return emptyRoot;
  if (leaves.length === 1) return first;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  return nodeHash(rootOf(leaves.slice(0, k)), rootOf(leaves.slice(k)));
}

function grown(leaves: readonly Buffer[]): { range: CompactRange; node: NodeReader } {
  const nodes = new Map<string, Buffer>();
  const range = CompactRange.empty();
  for (const leaf of leaves) range.append(leaf, (level, index, hash) => nodes.set(`${level}/${index}`, hash));
  return { range, node: (level, index) => Promise.resolve(nodes.get(`${level}/${index}`) as Buffer) };
}

const leavesOf = (count: number): Buffer[] =>
  Array.from({ length: count }, (_none, index) => leafHash(Buffer.from(`entry ${index}`)));

describe('the published vectors of RFC 6962 proofs', () => {
  it.each(vectorsOf<InclusionVector>('inclusion'))('inclusion: %s', (_path, vector) => {
    const { leafIdx, treeSize, proof, wantErr } = vector;
    const given = (proof ?? []).map(bytes);
    expect(provesInclusion(leafIdx, treeSize, bytes(vector.leafHash), given, bytes(vector.root))).toBe(
      !wantErr,
    );
  });

  it.each(vectorsOf<ConsistencyVector>('consistency'))('consistency: %s', (_path, vector) => {
    const { size1, size2, proof, wantErr } = vector;
    const given = (proof ?? []).map(bytes);
    const holds = provesConsistency(size1, size2, given, bytes(vector.root1), bytes(vector.root2));
    expect(holds).toBe(!wantErr);
  });
});

describe('a tree', () => {
  it('has the root that RFC 6962 defines, however it was grown', () => {
    for (let size = 0; size < 70; size++) {
      const leaves = leavesOf(size);
      const { range } = grown(leaves);
      expect(range.root()).toEqual(rootOf(leaves));
      expect(CompactRange.of(size, range.hashes).root()).toEqual(rootOf(leaves));
    }
  });

  it('proves each of its leaves, and no other at its place', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.nat(), async (size, pick) => {
        const leaves = leavesOf(size);
        const { range, node } = grown(leaves);
        const index = pick % size;
        const proof = await inclusionProof(index, size, node);
        const leaf = leaves[index] as Buffer;
        expect(provesInclusion(index, size, leaf, proof, range.root())).toBe(true);
        expect(provesInclusion(index, size, leafHash(leaf), proof, range.root())).toBe(false);
        expect(provesInclusion((index + 1) % (size + 1), size, leaf, proof, range.root())).toBe(false);
        expect(provesInclusion(index, size, leaf, [...proof, leaf], range.root())).toBe(false);
      }),
    );
  });

  it('proves that it begins with each smaller one of its own, and with no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), fc.nat(), async (size, pick) => {
        const leaves = leavesOf(size);
        const { range, node } = grown(leaves);
        const earlierSize = 1 + (pick % size);
        const earlier = grown(leaves.slice(0, earlierSize)).range.root();
        const proof = await consistencyProof(earlierSize, size, node);
        expect(provesConsistency(earlierSize, size, proof, earlier, range.root())).toBe(true);
        const other = grown([...leavesOf(earlierSize - 1), leafHash(Buffer.from('another'))]).range.root();
        expect(provesConsistency(earlierSize, size, proof, other, range.root())).toBe(false);
        expect(provesConsistency(0, size, proof, emptyRoot, range.root())).toBe(false);
      }),
    );
  });

  it.each([
    [3, 1],
    [0, 1],
    [-1, 0],
    [1.5, 1],
  ])('is not made of a wrong number of hashes: size %d from %d', (size, count) => {
    expect(() => CompactRange.of(size, leavesOf(count))).toThrow(/make no tree/);
  });
});
