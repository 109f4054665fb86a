import { AxionError } from '../../../domain/kernel/errors.js';
import type { LeaseEntry, LeaseStore } from '../../../domain/kernel/ports/lease-store.js';
import { settledWithin } from '../../system/settled-within.js';

/** A lease in hand. */
export interface HeldLease {
  readonly name: string;
  /** Grows with every take-over: of two who believe to hold a lease, the one with the smaller token is wrong. */
  readonly token: bigint;
  /**
   * Aborts, with a LeaseLost as its reason, when somebody else took the lease, or when it could not be kept alive for
   * `ttlMs`. Asking for it looks at the clock first, so a process that slept learns it before it does anything more.
   * Giving the lease back does not abort it.
   */
  readonly lost: AbortSignal;
  /** Free for everybody at once. Never rejects: what the store does not hear of becomes free after `ttlMs`. */
  release(): Promise<void>;
}

/** What was done under a lease must stop: another process does it by now, or may begin to. */
export class LeaseLost extends AxionError {
  constructor(name: string, reason: string) {
    super('lease.lost', `the lease ${name} is lost: ${reason}`);
  }
}

export interface HoldingOptions {
  readonly store: LeaseStore;
  readonly ttlMs: number;
  /** Called once, when the lease is no longer held. */
  readonly onEnd: (holding: Holding) => void;
}

/** A second one goes on from what an unanswered beat left; more are for none but a store that contradicts itself. */
const maximumTries = 3;

/** The holder's side of one lease: moves its beat, and notices when it is lost. All times are of `performance.now()`. */
export class Holding implements HeldLease {
  private readonly losing = new AbortController();
  private state: 'held' | 'released' | 'lost' = 'held';
  private moving: Promise<void> | undefined;

  /**
   * @param stored as it stands in the store
   * @param confirmedAt when it was sent there: contenders count from later on
   */
  constructor(
    private stored: LeaseEntry,
    private confirmedAt: number,
    private readonly options: HoldingOptions,
  ) {}

  get name(): string {
    return this.stored.name;
  }

  get token(): bigint {
    return this.stored.token;
  }

  get lost(): AbortSignal {
    this.checkTime();
    return this.losing.signal;
  }

  get expiresAt(): number {
    return this.confirmedAt + this.options.ttlMs;
  }

  /** What the store said last of this lease, and when it was asked. */
  get lastSeen(): { readonly entry: LeaseEntry; readonly at: number } {
    return { entry: this.stored, at: this.confirmedAt };
  }

  checkTime(): void {
    if (this.state === 'held' && performance.now() >= this.expiresAt)
      this.lose(`it could not be kept alive for ${this.options.ttlMs} ms`);
  }

  /** Shows that the holder lives. Does nothing while an earlier beat is under way, and never rejects. */
  beat(): void {
    this.checkTime();
    if (this.state !== 'held' || this.moving) return;
    this.moving = this.move((entry) => ({ ...entry, beat: entry.beat + 1n })).finally(() => {
      this.moving = undefined;
      this.checkTime();
    });
  }

  async release(): Promise<void> {
    this.checkTime();
    if (this.state !== 'held') return;
    this.state = 'released';
    this.options.onEnd(this);
    const given = (async () => {
      await this.moving;
      await this.move((entry) => ({ ...entry, holder: undefined }));
    })();
    await settledWithin(this.options.ttlMs, given);
  }

  /** A move that the store does not answer is tried again with the next beat: it is harmless if both arrive. */
  private async move(change: (entry: LeaseEntry) => LeaseEntry): Promise<void> {
    const { store } = this.options;
    try {
      for (let tries = 0; tries < maximumTries; tries++) {
        const sentAt = performance.now();
        const after = change(this.stored);
        if (await store.replace(this.stored, after)) {
          this.stored = after;
          this.confirmedAt = sentAt;
          return;
        }
        const [found] = await store.read([this.name]);
        if (found?.token !== this.token || found.holder !== this.stored.holder) {
          this.lose('another process took it over');
          return;
        }
        // Ours still: an earlier move had arrived after all, though its answer had not.
        this.stored = found;
      }
    } catch {
      // The store is away. The clock decides.
    }
  }

  private lose(reason: string): void {
    if (this.state !== 'held') return;
    this.state = 'lost';
    this.losing.abort(new LeaseLost(this.name, reason));
    this.options.onEnd(this);
  }
}
