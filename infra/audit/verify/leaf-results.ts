/** What was found of each leaf (spec: audit-chain, verification). The middle two are no violations, nor is the last. */
export const leafResults = [
  'OK',
  'ERASED',
  'RETAINED_HASH_ONLY',
  'TAMPERED',
  'MISSING',
  'EXTRA',
  'NOT_YET_SEALED',
] as const;
export type LeafResult = (typeof leafResults)[number];
export type BadResult = 'TAMPERED' | 'MISSING' | 'EXTRA';

export interface BadLeaf {
  readonly result: BadResult;
  readonly stream: string;
  readonly revision: string;
  readonly position: string;
  readonly reason: string;
}

export type LeafCounts = Readonly<Record<LeafResult, number>>;

/** Counts leaves by what was found, and remembers the first bad one. */
export class LeafResults {
  private readonly counted: Record<LeafResult, number>;
  private worst: BadLeaf | undefined;

  constructor(before?: LeafCounts) {
    this.counted = {
      OK: 0,
      ERASED: 0,
      RETAINED_HASH_ONLY: 0,
      TAMPERED: 0,
      MISSING: 0,
      EXTRA: 0,
      NOT_YET_SEALED: 0,
      ...before,
    };
  }

  get counts(): LeafCounts {
    return { ...this.counted };
  }

  /** By its position in the log. */
  get first(): BadLeaf | undefined {
    return this.worst;
  }

  count(result: LeafResult): void {
    this.counted[result] += 1;
  }

  bad(leaf: BadLeaf): void {
    this.count(leaf.result);
    this.compare(leaf);
  }

  /** What another one counted, of leaves that come later. */
  add({ counts, first }: Pick<LeafResults, 'counts' | 'first'>): void {
    for (const result of leafResults) this.counted[result] += counts[result];
    if (first) this.compare(first);
  }

  private compare(leaf: BadLeaf): void {
    if (this.worst === undefined || BigInt(leaf.position) < BigInt(this.worst.position)) this.worst = leaf;
  }
}
