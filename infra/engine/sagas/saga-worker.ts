import { documentName, type DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';
import { Unavailable } from '../../../domain/kernel/errors.js';
import { pause } from '../../system/pause.js';
import { FiringGate } from './firing-gate.js';
import { InstanceRunner } from './instance-runner.js';
import type { SagaPorts } from './saga-ports.js';
import type { SagaShard } from './saga-shard.js';

export interface SagaWorkerOptions {
  /** How often the work list is read, for what nobody here was told of. Default 200 ms. */
  readonly pollMs?: number;
  /** So many instances at once. Default 32. */
  readonly atOnce?: number;
}

/** A look at the list shows what its projection has not caught up with; it is passed over for so long. */
const restMs = 1000;
const afterFaultMs = 500;
const firstLimit = 500;
const lastLimit = 16_000;

/** What an instance's stream said last: nothing to do until then. */
interface Rest {
  /** By the monotonic clock. */
  readonly since: number;
  readonly wakeAt: string;
}

/** After every clock. */
const never = '~';

/** Runs the instances of the shards that this process has, when they have something to do. */
export class SagaWorker {
  private readonly runner: InstanceRunner;
  private readonly gate: FiringGate;
  private readonly queued = new Map<string, DocumentKey>();
  private readonly busy = new Map<string, Promise<void>>();
  /** Those that are to be run once more as soon as they are no longer busy. */
  private readonly again = new Set<string>();
  private readonly resting = new Map<string, Rest>();
  private readonly stopping = new AbortController();
  private polling: Promise<void> | undefined;
  private limit = firstLimit;

  /** @param shardOf the shard of an instance, if this process has it */
  constructor(
    private readonly ports: SagaPorts,
    private readonly shardOf: (key: DocumentKey) => SagaShard | undefined,
    private readonly options: SagaWorkerOptions = {},
  ) {
    this.gate = new FiringGate(ports.log, shardOf, (key) => this.hint(key));
    this.runner = new InstanceRunner(ports, this.gate);
  }

  start(): void {
    this.polling = this.pollOn();
  }

  /** There may be something to do for an instance. */
  hint(key: DocumentKey): void {
    const name = documentName(key);
    if (this.stopping.signal.aborted) return;
    if (this.busy.has(name)) this.again.add(name);
    else {
      this.queued.set(name, key);
      this.begin();
    }
  }

  /** A shard has handed over more: timers that waited for it may fire. */
  shardMoved(shard: SagaShard): void {
    this.gate.shardMoved(shard);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.queued.clear();
    await this.polling;
    await Promise.all(this.busy.values());
  }

  private begin(): void {
    const { atOnce = 32 } = this.options;
    for (const [name, key] of this.queued) {
      if (this.busy.size >= atOnce) return;
      this.queued.delete(name);
      this.busy.set(name, this.attend(name, key));
    }
  }

  private async attend(name: string, key: DocumentKey): Promise<void> {
    const { signal } = this.stopping;
    try {
      this.again.delete(name);
      const outcome = await this.runner.run(key, () => signal.aborted || !this.shardOf(key));
      if (outcome.kind === 'rest') {
        this.gate.forget(key);
        this.resting.set(name, { since: performance.now(), wakeAt: outcome.wakeAt ?? never });
      }
    } catch (error) {
      if (!signal.aborted) {
        const level = error instanceof Unavailable ? 'warn' : 'error';
        this.ports.logger[level]({ err: error, saga: name }, 'a saga did not go on; it is tried again');
        await pause(afterFaultMs, signal);
        this.again.add(name);
      }
    } finally {
      this.busy.delete(name);
      if (this.again.delete(name)) this.hint(key);
      this.begin();
    }
  }

  private async pollOn(): Promise<void> {
    const { pollMs = 200 } = this.options;
    const { signal } = this.stopping;
    const stopped = (): boolean => signal.aborted;
    while (!stopped()) {
      try {
        await this.look();
      } catch (error) {
        if (!stopped()) this.ports.logger.warn({ err: error }, 'the sagas’ work list cannot be read');
      }
      await pause(pollMs, signal);
    }
  }

  private async look(): Promise<void> {
    const { readModels, workList, clock } = this.ports;
    const now = await clock.now();
    const found = await readModels.due(workList, now, this.limit);
    const restedAt = performance.now() - restMs;
    for (const [name, rest] of this.resting)
      if (rest.since < restedAt || rest.wakeAt <= now) this.resting.delete(name);
    let ours = 0;
    for (const { workspace, id } of found) {
      const key = { workspace, id };
      const name = documentName(key);
      if (this.resting.has(name) || this.busy.has(name) || !this.shardOf(key)) continue;
      ours++;
      this.hint(key);
    }
    // A full list with little for us hides what stands behind it.
    const isHiding = found.length === this.limit && ours < this.limit / 2;
    this.limit = isHiding ? Math.min(this.limit * 2, lastLimit) : Math.max(firstLimit, this.limit / 2);
  }
}
