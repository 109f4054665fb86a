import type { DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';
import { pause } from '../../system/pause.js';
import type { HeldLease } from '../leases/held-lease.js';
import type { Leases } from '../leases/leases.js';
import { FairShare } from '../projections/fair-share.js';
import { laneOf } from '../projections/lane-of.js';
import { LogReader } from '../projections/log-reader.js';
import { SagaShard, sagaFeed } from './saga-shard.js';
import { SagaWorker, type SagaWorkerOptions } from './saga-worker.js';
import type { SagaPorts } from './saga-ports.js';

export interface SagaRunnerOptions extends SagaWorkerOptions {
  readonly ports: SagaPorts;
  /** How many shares the instances are spread over. Default 4. */
  readonly shards?: number;
  /** Absent: this process takes every shard, which is safe beside others, and does the work twice. */
  readonly leases?: Leases | undefined;
  /** How often it tries for shards that others have. Default 500 ms. */
  readonly lookMs?: number;
}

export interface SagaShardStatus {
  readonly shard: number;
  readonly applied: bigint | undefined;
  readonly fault: string | undefined;
}

interface HeldShard {
  readonly shard: SagaShard;
  readonly lease: HeldLease | undefined;
}

/**
 * Runs sagas: hands them the log, sends their commands, fires their timers. Processes share the work shard by shard, each
 * under a lease; who has a shard feeds it and works for it, so that what was decided goes out at once.
 */
export class SagaRunner {
  private readonly worker: SagaWorker;
  private readonly shards = new Map<number, HeldShard>();
  private readonly fairShare: FairShare | undefined;
  private reader: LogReader<SagaShard> | undefined;
  /** The shards that it reads for: a look may have opened one, and failed before it was read for. */
  private readFor: readonly SagaShard[] = [];
  private readonly stopping = new AbortController();
  private looking: Promise<void> | undefined;
  /** One change of the reader after the other. */
  private changing: Promise<void> = Promise.resolve();

  constructor(private readonly options: SagaRunnerOptions) {
    this.fairShare = options.leases && new FairShare(options.leases, 'saga-workers/');
    this.worker = new SagaWorker(options.ports, (key) => this.shardOf(key), options);
  }

  /** Returns at once; what cannot be reached is tried again. */
  start(): void {
    if (this.options.ports.sagas.length === 0) return;
    this.looking = this.lookOn();
    this.worker.start();
  }

  get status(): readonly SagaShardStatus[] {
    return [...this.shards.values()]
      .map(({ shard: { number, applied, fault } }) => ({
        shard: number,
        applied,
        fault: fault ?? this.reader?.fault,
      }))
      .sort((one, other) => one.shard - other.shard);
  }

  /** There may be something to do for an instance: it was retried by hand, for one. */
  hint(key: DocumentKey): void {
    if (this.shardOf(key)) this.worker.hint(key);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.looking;
    await this.worker.stop();
    await Promise.all([...this.shards.keys()].map((number) => this.leave(number)));
    await this.changing;
    await this.reader?.stop();
    await this.fairShare?.leave();
  }

  private get shardCount(): number {
    return this.options.shards ?? 4;
  }

  private shardOf(key: DocumentKey): SagaShard | undefined {
    return this.shards.get(laneOf(key, this.shardCount))?.shard;
  }

  private async lookOn(): Promise<void> {
    const { ports, lookMs = 500 } = this.options;
    const { signal } = this.stopping;
    await this.untilDone('the sagas’ checkpoints', () => ports.store.prepare(sagaFeed));
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      try {
        await this.takeShards();
      } catch (error) {
        if (!stopped())
          ports.logger.warn({ err: error }, 'shards of the sagas cannot be taken; it is tried again');
      }
      await pause(lookMs, signal);
    }
  }

  /** Takes what is free and due to this process, and gives back what is not. */
  private async takeShards(): Promise<void> {
    const { leases } = this.options;
    const { signal } = this.stopping;
    const share = (await this.fairShare?.of(this.shardCount)) ?? this.shardCount;
    for (const [number, { lease }] of this.shards)
      if (lease?.lost.aborted || this.shards.size > share) await this.leave(number);
    for (let number = 0; number < this.shardCount; number++) {
      if (this.shards.has(number) || this.shards.size >= share || signal.aborted) continue;
      const lease = await leases?.tryTake(`sagas/${this.shardCount}/${number}`);
      if (lease || !leases) await this.open(number, lease);
    }
    if (!this.isReadFor()) await this.readAnew();
  }

  private async open(number: number, lease: HeldLease | undefined): Promise<void> {
    const { ports } = this.options;
    try {
      const shard = await SagaShard.open({
        ports,
        shard: number,
        shards: this.shardCount,
        onHanded: (key) => this.worker.hint(key),
        onApplied: () => this.worker.shardMoved(shard),
      });
      this.shards.set(number, { shard, lease });
      lease?.lost.addEventListener('abort', () => void this.leave(number).then(() => this.readAnew()), {
        once: true,
      });
    } catch (error) {
      await lease?.release();
      throw error;
    }
  }

  /** Another process has it by now, or is to have it. */
  private async leave(number: number): Promise<void> {
    const held = this.shards.get(number);
    this.shards.delete(number);
    await held?.shard.stop();
    await held?.lease?.release();
  }

  private isReadFor(): boolean {
    return (
      this.readFor.length === this.shards.size &&
      [...this.shards.values()].every(({ shard }) => this.readFor.includes(shard))
    );
  }

  private readAnew(): Promise<void> {
    this.changing = this.changing.then(async () => {
      await this.reader?.stop();
      this.reader = undefined;
      this.readFor = [...this.shards.values()].map(({ shard }) => shard);
      if (this.readFor.length === 0 || this.stopping.signal.aborted) return;
      this.reader = new LogReader(this.options.ports, this.readFor, () => undefined);
      this.reader.start();
    });
    return this.changing;
  }

  private async untilDone(what: string, work: () => Promise<void>): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted)
      try {
        await work();
        return;
      } catch (error) {
        this.options.ports.logger.warn({ err: error }, `${what} cannot be reached; it is tried again`);
        await pause(500, signal);
      }
  }
}
