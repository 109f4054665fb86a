import { randomInt } from 'node:crypto';
import type { Logger } from 'pino';
import { buildName } from '../../../domain/kernel/ports/read-model-store.js';
import type { HeldLease } from '../leases/held-lease.js';
import type { Leases } from '../leases/leases.js';
import { FairShare } from './fair-share.js';
import type { FedBuild } from './fed-build.js';
import type { Lane } from './lane.js';
import type { Reading } from './reading.js';

interface Candidate {
  readonly build: FedBuild;
  readonly index: number;
  readonly name: string;
}

interface HeldLane {
  readonly build: FedBuild;
  readonly index: number;
  readonly lane: Lane;
  readonly lease: HeldLease | undefined;
}

const atOnce = 8;

/**
 * Which lanes this process works: all of them, or with leases its fair share of them, each under a lease whose token
 * fences its checkpoint. A lane that is taken over starts where its checkpoint stands.
 */
export class LaneShares {
  private readonly held = new Map<string, HeldLane>();
  private readonly fairShare: FairShare | undefined;

  constructor(
    private readonly reading: Reading,
    private readonly leases: Leases | undefined,
    private readonly logger: Logger,
  ) {
    this.fairShare = leases && new FairShare(leases);
  }

  /** Takes what is free and due to this process, and gives back what is not. */
  async settle(builds: readonly FedBuild[]): Promise<void> {
    await this.dropLost();
    const wanted = builds.flatMap((build) =>
      build.missing.map((index) => ({ build, index, name: laneName(build, index) })),
    );
    const opened: Lane[] = [];
    try {
      if (!this.leases || !this.fairShare) {
        await allEnded(
          wanted.map(({ build, index, name }) => this.open(name, build, index, undefined, opened)),
        );
        return;
      }
      const share = await this.fairShare.of(this.held.size + wanted.length);
      while (this.held.size > share) await this.giveBackOne();
      // In an order of its own: processes that start together do not all try for the same.
      const candidates = shuffled(wanted);
      while (this.held.size < share && candidates.length > 0)
        await allEnded(
          candidates
            .splice(0, Math.min(atOnce, share - this.held.size))
            .map((candidate) => this.take(candidate, opened)),
        );
      await this.watchOthers(candidates, opened);
    } finally {
      this.reading.follow(opened);
    }
  }

  /** Who is at its share still looks at what others hold: a lease is free once it was seen to stand still. */
  private async watchOthers(candidates: readonly Candidate[], opened: Lane[]): Promise<void> {
    const { leases } = this;
    if (!leases || candidates.length === 0) return;
    const entries = await leases.holders(candidates.map(({ name }) => name));
    const held = new Set(entries.filter(({ holder }) => holder !== undefined).map(({ name }) => name));
    for (const candidate of candidates) if (held.has(candidate.name)) await this.take(candidate, opened);
  }

  private async take({ name, build, index }: Candidate, opened: Lane[]): Promise<void> {
    const lease = await this.leases?.tryTake(name);
    if (lease) await this.open(name, build, index, lease, opened);
  }

  /** Gives up the lanes of a build that is no longer fed. */
  async leave(build: FedBuild): Promise<void> {
    for (const [name, held] of [...this.held]) if (held.build === build) await this.close(name, held, true);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.held].map(([name, held]) => this.close(name, held, true)));
    await this.fairShare?.leave();
  }

  private async open(
    name: string,
    build: FedBuild,
    index: number,
    lease: HeldLease | undefined,
    opened: Lane[],
  ): Promise<void> {
    const onReplaced = (): void => {
      const held = this.held.get(name);
      if (held && held.lease === lease) void this.close(name, held, false);
    };
    try {
      const lane = await build.open(index, lease?.token, onReplaced);
      if (lane) {
        this.held.set(name, { build, index, lane, lease });
        opened.push(lane);
        return;
      }
      this.logger.warn({ lane: name }, 'a lane is fenced by a lease that is newer than ours');
    } catch (error) {
      await lease?.release();
      throw error;
    }
    await lease?.release();
  }

  private async dropLost(): Promise<void> {
    for (const [name, held] of [...this.held])
      if (held.lease?.lost.aborted) {
        this.logger.warn({ lane: name }, 'the lease of a lane was lost; another process works it');
        await this.close(name, held, false);
      }
  }

  private async giveBackOne(): Promise<void> {
    const [name, held] = [...this.held][randomInt(this.held.size)] ?? [];
    if (name !== undefined && held) await this.close(name, held, true);
  }

  private async close(name: string, held: HeldLane, saves: boolean): Promise<void> {
    this.held.delete(name);
    // Its reader may wait for it: it is stopped at the same time.
    this.reading.leave(held.lane);
    await held.build.close(held.index, saves);
    await held.lease?.release();
  }
}

function laneName(build: FedBuild, index: number): string {
  return `projection/${buildName(build.projection)}/${index}`;
}

/**
 * Waits for all of them, also when one fails: what is opened after that would be held, and never read for.
 *
 * @throws whatever the first of those that failed threw
 */
async function allEnded(work: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(work))
    if (outcome.status === 'rejected') throw outcome.reason;
}

/** Fisher and Yates. */
function shuffled<Item>(items: readonly Item[]): Item[] {
  const left = [...items];
  return items.flatMap(() => left.splice(randomInt(left.length), 1));
}
