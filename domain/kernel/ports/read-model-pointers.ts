/** Names one build of a read model. */
export interface BuildId {
  readonly version: number;
  readonly build: number;
}

/** How far a build is that is being filled. */
export interface BuildProgress {
  /** Everything up to here was folded. */
  readonly position: bigint;
  /** Where the log ended when this was written. */
  readonly head: bigint;
  /** Events handled since it began, or began again. */
  readonly events: number;
  readonly eventsPerSecond: number;
  /** Estimated; null while nothing can be said. */
  readonly secondsLeft: number | null;
}

export interface BuildEntry extends BuildId {
  /**
   * `filling`: reads history, in nobody's way. `live`: fed with what comes; the one that serves, or one that is kept
   * so that going back is real. `failed`: stopped at its first error in history. `retired`: no longer there, and its
   * number is not given again.
   */
  readonly state: 'filling' | 'live' | 'failed' | 'retired';
  readonly progress?: BuildProgress;
  /** Where and why it failed. */
  readonly failure?: { readonly position: bigint; readonly reason: string };
}

/** Which build of a read model serves its queries, and which others there are (rule P6). */
export interface ReadModelPointer {
  readonly name: string;
  /** Grows by one with every change. */
  readonly revision: number;
  readonly serving: BuildId;
  /** All there ever were, in the order in which they were made. */
  readonly builds: readonly BuildEntry[];
}

export interface ReadModelPointers {
  pointers(): Promise<readonly ReadModelPointer[]>;
  pointer(name: string): Promise<ReadModelPointer | undefined>;
  /**
   * Replaces a pointer that is still at `after.revision - 1`; at revision 0 there is none yet.
   *
   * @returns false when it is at another by now
   */
  replacePointer(after: ReadModelPointer): Promise<boolean>;
}
