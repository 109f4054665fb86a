export const violationKinds = ['lost', 'doubled', 'links', 'drift', 'saga', 'checkpoint'] as const;
export type ViolationKind = (typeof violationKinds)[number];

/** What was found, in words. */
export class Violations {
  private readonly found: Record<ViolationKind, Set<string>> = {
    lost: new Set(),
    doubled: new Set(),
    links: new Set(),
    drift: new Set(),
    saga: new Set(),
    checkpoint: new Set(),
  };

  add(kind: ViolationKind, words: string): void {
    this.found[kind].add(words);
  }

  addAll(other: Violations): void {
    for (const kind of violationKinds) for (const words of other.found[kind]) this.add(kind, words);
  }

  get counts(): Readonly<Record<ViolationKind, number>> {
    const { lost, doubled, links, drift, saga, checkpoint } = this.found;
    return {
      lost: lost.size,
      doubled: doubled.size,
      links: links.size,
      drift: drift.size,
      saga: saga.size,
      checkpoint: checkpoint.size,
    };
  }

  isEmpty(): boolean {
    return violationKinds.every((kind) => this.found[kind].size === 0);
  }

  /** A line for each, the kind first. */
  get lines(): readonly string[] {
    return violationKinds.flatMap((kind) => [...this.found[kind]].map((words) => `${kind}: ${words}`));
  }
}
