import type { LeaseEntry, LeaseStore } from '../../../domain/kernel/ports/lease-store.js';

/** The port's contract without a server: for specifications and simulations. */
export class InMemoryLeaseStore implements LeaseStore {
  private readonly entries = new Map<string, LeaseEntry>();

  read(names: readonly string[]): Promise<readonly LeaseEntry[]> {
    return Promise.resolve(names.flatMap((name) => this.entries.get(name) ?? []));
  }

  list(prefix: string): Promise<readonly LeaseEntry[]> {
    const found = [...this.entries.values()].filter(({ name }) => name.startsWith(prefix));
    return Promise.resolve(found.sort((one, other) => (one.name < other.name ? -1 : 1)));
  }

  replace(before: LeaseEntry | undefined, after: LeaseEntry): Promise<boolean> {
    if (!same(before, this.entries.get(after.name))) return Promise.resolve(false);
    this.entries.set(after.name, after);
    return Promise.resolve(true);
  }
}

function same(one: LeaseEntry | undefined, other: LeaseEntry | undefined): boolean {
  return one?.holder === other?.holder && one?.token === other?.token && one?.beat === other?.beat;
}
