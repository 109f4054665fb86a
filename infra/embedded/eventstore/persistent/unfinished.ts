/** How far a group has come: everything up to `cursor` is done with, `count` events of this run. */
export interface Progress {
  readonly count: number;
  readonly cursor: number;
}

/** The events taken from a source that nobody has finished yet, in the order of the source. */
export class Unfinished {
  /** In the order of the numbers, because they are given in that order. */
  private readonly cursorsBefore = new Map<number, number>();
  private next = 0;

  /** Begins an event; `cursorBefore` is where the source stood in front of it. */
  begin(cursorBefore: number): number {
    this.cursorsBefore.set(this.next, cursorBefore);
    return this.next++;
  }

  /** Counts an event that nobody is to have. */
  pass(): void {
    this.next++;
  }

  finish(sequence: number): void {
    this.cursorsBefore.delete(sequence);
  }

  /** `cursor` is where the source stands now. */
  progress(cursor: number): Progress {
    for (const [count, cursorBefore] of this.cursorsBefore) return { count, cursor: cursorBefore };
    return { count: this.next, cursor };
  }
}
