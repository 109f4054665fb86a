/**
 * One entry of a lease, as it is stored. Nobody's clock is asked: a holder moves `beat`, and who sees the same
 * `token` and `beat` for long enough by its own monotonic clock may take over.
 */
export interface LeaseEntry {
  readonly name: string;
  /** Undefined: given back, free at once. */
  readonly holder: string | undefined;
  /** Grows with every take-over. A fence: who acts for a smaller one has been replaced. */
  readonly token: bigint;
  /** Moved by the holder while it lives. */
  readonly beat: bigint;
}

/** Leases save work, they protect nothing: only exact revisions and guards do. */
export interface LeaseStore {
  /** Those of the names that were ever taken, in no order. */
  read(names: readonly string[]): Promise<readonly LeaseEntry[]>;
  /** Every entry whose name begins with `prefix`, ordered by name. */
  list(prefix: string): Promise<readonly LeaseEntry[]>;
  /**
   * Replaces an entry exactly as it was read; `before` undefined: there is none yet.
   *
   * @returns false when it is another by now
   */
  replace(before: LeaseEntry | undefined, after: LeaseEntry): Promise<boolean>;
}
