import { Unavailable } from '../../../../domain/kernel/errors.js';
import type { LeaseEntry, LeaseStore } from '../../../../domain/kernel/ports/lease-store.js';

type Trouble =
  /** It answers. */
  | 'none'
  /** It refuses at once, and does nothing. */
  | 'away'
  /** It never answers, and does nothing. */
  | 'silent'
  /** It does what it is told, and the answer is lost. */
  | 'unheard';

/** A lease store as one process sees it, behind a connection that can fail. */
export class BrokenLeaseStore implements LeaseStore {
  trouble: Trouble = 'none';
  writes = 0;

  constructor(private readonly inner: LeaseStore) {}

  read(names: readonly string[]): Promise<readonly LeaseEntry[]> {
    return this.through(() => this.inner.read(names));
  }

  list(prefix: string): Promise<readonly LeaseEntry[]> {
    return this.through(() => this.inner.list(prefix));
  }

  replace(before: LeaseEntry | undefined, after: LeaseEntry): Promise<boolean> {
    this.writes++;
    return this.through(() => this.inner.replace(before, after));
  }

  private async through<Result>(work: () => Promise<Result>): Promise<Result> {
    switch (this.trouble) {
      case 'none':
        return work();
      case 'away':
        throw new Unavailable('lease.unavailable', 'away');
      case 'silent':
        return new Promise<never>(() => undefined);
      case 'unheard':
        await work();
        throw new Unavailable('lease.unavailable', 'unheard');
    }
  }
}
