import type { LeaseEntry } from '../../../domain/kernel/ports/lease-store.js';
import type { HeldLease } from '../leases/held-lease.js';
import type { Leases } from '../leases/leases.js';

const mostMembers = 256;
/** Several beats, and less than a lease lives without one: its lanes are due to others by the time they are free. */
const silentMs = 5500;

interface Seen {
  readonly token: bigint;
  readonly beat: bigint;
  readonly since: number;
}

/** How many processes share the work, told by a lease that each of them holds for being there. */
export class FairShare {
  private membership: HeldLease | undefined;
  private readonly seen = new Map<string, Seen>();

  /** @param prefix names the work that is shared: `projector/` */
  constructor(
    private readonly leases: Leases,
    private readonly prefix = 'projector/',
  ) {}

  /** @returns how many of `count` pieces of work this process holds at most */
  async of(count: number): Promise<number> {
    if (!this.membership || this.membership.lost.aborted) this.membership = await this.join();
    const members = (await this.leases.list(this.prefix)).filter((entry) => this.isThere(entry)).length;
    return Math.ceil(count / Math.max(1, members));
  }

  async leave(): Promise<void> {
    await this.membership?.release();
    this.membership = undefined;
  }

  private async join(): Promise<HeldLease | undefined> {
    for (let place = 0; place < mostMembers; place++) {
      const held = await this.leases.tryTake(`${this.prefix}${place}`);
      if (held) return held;
    }
    return undefined;
  }

  private isThere({ name, holder, token, beat }: LeaseEntry): boolean {
    const now = performance.now();
    const before = this.seen.get(name);
    if (before?.token !== token || before.beat !== beat) this.seen.set(name, { token, beat, since: now });
    return holder !== undefined && now - (this.seen.get(name)?.since ?? now) < silentMs;
  }
}
