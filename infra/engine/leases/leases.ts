import type { LeaseEntry, LeaseStore } from '../../../domain/kernel/ports/lease-store.js';
import { settledWithin } from '../../system/settled-within.js';
import { Holding, type HeldLease } from './held-lease.js';

export interface LeasesOptions {
  readonly store: LeaseStore;
  /** Who takes them, as others read it (`thisHolder`). */
  readonly holder: string;
  /** How long a holder may be silent. The same in every process that contends. */
  readonly ttlMs?: number;
  /** How often a holder shows that it lives; at most half of `ttlMs`. */
  readonly beatMs?: number;
  /** Whether a holder has certainly ended (`isDeadHolder`): its leases are free at once. */
  readonly isDead?: (holder: string) => boolean;
}

interface Observation {
  readonly token: bigint;
  readonly beat: bigint;
  /** By this process's monotonic clock. */
  readonly since: number;
}

/**
 * The leases of one process. No two processes' clocks are compared: a holder moves a counter, and who sees it stand
 * still for `ttlMs` by its own clock takes over by compare-and-set. Leases save work and protect nothing.
 */
export class Leases {
  private readonly store: LeaseStore;
  private readonly ttlMs: number;
  private readonly beatMs: number;
  private readonly held = new Map<string, Holding>();
  private readonly tries = new Map<string, Promise<HeldLease | undefined>>();
  private readonly observations = new Map<string, Observation>();
  private timer: NodeJS.Timeout | undefined;
  private nextBeatAt = 0;
  private stopped = false;

  /** @throws RangeError for a beat that is too slow to keep a lease alive */
  constructor(private readonly options: LeasesOptions) {
    const { store, ttlMs = 6000, beatMs = 1500 } = options;
    if (!(beatMs > 0 && beatMs * 2 <= ttlMs))
      throw new RangeError(`a beat every ${beatMs} ms keeps no lease of ${ttlMs} ms alive`);
    this.store = store;
    this.ttlMs = ttlMs;
    this.beatMs = beatMs;
  }

  /**
   * Takes a lease if it is free now, and does not wait for it. Try again from time to time: what was seen is
   * remembered, so that a holder that fell silent is noticed.
   *
   * @returns undefined when somebody holds it, this object included
   * @throws Unavailable when the store does not answer
   */
  async tryTake(name: string): Promise<HeldLease | undefined> {
    if (this.stopped || this.held.has(name) || this.tries.has(name)) return undefined;
    const attempt = this.take(name).finally(() => this.tries.delete(name));
    this.tries.set(name, attempt);
    return attempt;
  }

  /** Who holds what, for people: entries of the names that were ever taken, in no order. */
  holders(names: readonly string[]): Promise<readonly LeaseEntry[]> {
    return this.store.read(names);
  }

  /** As `holders`, of every name that begins with `prefix`, ordered by name. */
  list(prefix: string): Promise<readonly LeaseEntry[]> {
    return this.store.list(prefix);
  }

  /** Gives everything back; nothing is taken any more. Never rejects. */
  async stop(): Promise<void> {
    this.stopped = true;
    await settledWithin(this.ttlMs, Promise.allSettled(this.tries.values()));
    await Promise.all([...this.held.values()].map((holding) => holding.release()));
  }

  private async take(name: string): Promise<HeldLease | undefined> {
    const { store, options, ttlMs } = this;
    const askedAt = performance.now();
    const [before] = await store.read([name]);
    if (before && !this.isFree(before, askedAt)) return undefined;
    const sentAt = performance.now();
    const after = { name, holder: options.holder, token: (before?.token ?? 0n) + 1n, beat: 0n };
    if (!(await store.replace(before, after))) return undefined;
    const holding = new Holding(after, sentAt, { store, ttlMs, onEnd: (ended) => this.forget(ended) });
    this.observations.delete(name);
    this.held.set(name, holding);
    // The answer may have come too late, or into a stop.
    if (holding.lost.aborted) return undefined;
    if (this.stopped) {
      await holding.release();
      return undefined;
    }
    if (this.held.size === 1) this.nextBeatAt = sentAt + this.beatMs;
    this.schedule();
    return holding;
  }

  /** @param askedAt when the entry was asked for: it stood still at least until then */
  private isFree({ name, holder, token, beat }: LeaseEntry, askedAt: number): boolean {
    if (holder === undefined || (this.options.isDead?.(holder) ?? false)) return true;
    const seen = this.observations.get(name);
    if (seen?.token === token && seen.beat === beat) return askedAt - seen.since >= this.ttlMs;
    this.observations.set(name, { token, beat, since: performance.now() });
    return false;
  }

  /** What was last heard of a lease that was lost to a store's silence counts as seen: nobody waits for it twice. */
  private forget(holding: Holding): void {
    const { entry, at } = holding.lastSeen;
    this.held.delete(holding.name);
    this.observations.set(holding.name, { token: entry.token, beat: entry.beat, since: at });
    this.schedule();
  }

  /** One timer for all: wakes for the next beat, or when a lease is lost to the clock. */
  private schedule(): void {
    clearTimeout(this.timer);
    if (this.held.size === 0) return;
    const due = Math.min(this.nextBeatAt, ...[...this.held.values()].map(({ expiresAt }) => expiresAt));
    this.timer = setTimeout(() => this.tick(), Math.max(0, Math.ceil(due - performance.now())));
  }

  private tick(): void {
    const now = performance.now();
    const isDue = now >= this.nextBeatAt;
    if (isDue) this.nextBeatAt = now + this.beatMs;
    for (const holding of [...this.held.values()]) {
      if (isDue) holding.beat();
      else holding.checkTime();
    }
    this.schedule();
  }
}
