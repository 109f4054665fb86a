import { messageOf } from '../../../domain/kernel/errors.js';
import {
  documentName,
  type DocumentKey,
  type ReadModelVersion,
} from '../../../domain/kernel/ports/read-model-store.js';
import { crashPoint } from '../../system/crash-points.js';
import { pause } from '../../system/pause.js';
import type { HandedEvent } from '../projections/handed-event.js';
import { laneOf } from '../projections/lane-of.js';
import type { LogFollower } from '../projections/log-reader.js';
import { appliedOf, startOf } from '../projections/positions.js';
import { handOver, inputsOf, keyOf, type SagaInput } from './saga-inputs.js';
import type { SagaPorts } from './saga-ports.js';

/** Holds the checkpoints of all shards, and no document. */
export const sagaFeed: ReadModelVersion = { name: 'saga-feed', version: 1, indexes: [] };
/** Says up to where a saga was fed apart from the others, when it came to them. */
const joined = (saga: string): ReadModelVersion => ({ name: `saga-joined-${saga}`, version: 1, indexes: [] });

const maximumBatch = 200;
const maximumWaiting = 2000;
const firstRetryMs = 50;
const lastRetryMs = 2000;
/** What a checkpoint lags behind is only handed over again, which is harmless (rule S1). */
const checkpointAfterMs = 250;

export interface SagaShardOptions {
  readonly ports: SagaPorts;
  readonly shard: number;
  readonly shards: number;
  /** Told of each instance that was handed something. */
  readonly onHanded: (key: DocumentKey) => void;
  /** Everything up to here was handed over. */
  readonly onApplied: () => void;
}

/**
 * One share of all instances: hands them their inputs in the order of the log, and only then lets the checkpoint
 * follow (rule S1). A saga that was not there before is handed the log from its beginning.
 */
export class SagaShard implements LogFollower {
  applied: bigint | undefined;
  offered: bigint | undefined;
  /** Why it does not go on; undefined while it does. */
  fault: string | undefined;
  private waiting: HandedEvent[] = [];
  private working: Promise<void> | undefined;
  private changed: (() => void)[] = [];
  private saving: NodeJS.Timeout | undefined;
  private saved: bigint | undefined;
  private readonly stopping = new AbortController();

  private constructor(
    private readonly options: SagaShardOptions,
    /** Sagas that were fed before: they are handed nothing up to `known`. */
    private newSagas: ReadonlySet<string>,
    private readonly known: bigint | undefined,
  ) {
    this.applied = newSagas.size > 0 ? undefined : known;
    this.offered = this.applied;
    this.saved = this.applied;
  }

  static async open(options: SagaShardOptions): Promise<SagaShard> {
    const { ports, shard, shards } = options;
    const { store, sagas } = ports;
    const known = startOf(await store.checkpoints(sagaFeed), shards)[shard];
    const newSagas = new Set<string>();
    for (const { name } of sagas)
      if (appliedOf(await store.checkpoints(joined(name))) === undefined) newSagas.add(name);
    return new SagaShard(options, newSagas, known);
  }

  get number(): number {
    return this.options.shard;
  }

  owns(key: DocumentKey): boolean {
    return laneOf(key, this.options.shards) === this.options.shard;
  }

  /** True when every input up to a position was handed over. */
  hasApplied(position: bigint | undefined): boolean {
    return position === undefined || (this.applied !== undefined && this.applied >= position);
  }

  offer(position: bigint, handed: HandedEvent | undefined): void {
    // One that was stopped hands nothing over: it must not pass over an input and save that it is there.
    if (this.stopping.signal.aborted) return;
    if (this.offered !== undefined && position <= this.offered) return;
    this.offered = position;
    if (handed && this.options.ports.sagas.some(({ inputs }) => Object.hasOwn(inputs, handed.type)))
      this.waiting.push(handed);
    else if (!this.working) {
      this.moveTo(position);
      return;
    }
    this.working ??= this.work();
  }

  get isFull(): boolean {
    return this.waiting.length > maximumWaiting && !this.stopping.signal.aborted;
  }

  change(): Promise<void> {
    return new Promise((resume) => this.changed.push(resume));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.tellChanged();
    await this.working;
    clearTimeout(this.saving);
    await this.save().catch(() => undefined);
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    let retryMs = firstRetryMs;
    const stopped = (): boolean => signal.aborted;
    while (!stopped() && this.applied !== this.offered) {
      const batch = this.waiting.slice(0, maximumBatch);
      const upTo = batch.length === this.waiting.length ? this.offered : batch.at(-1)?.position;
      try {
        await this.handOverAll(batch);
        this.waiting.splice(0, batch.length);
        this.fault = undefined;
        retryMs = firstRetryMs;
        if (upTo !== undefined) this.moveTo(upTo);
      } catch (error) {
        if (stopped()) break;
        this.fault = messageOf(error);
        this.options.ports.logger.warn({ err: error, shard: this.number }, 'sagas wait; it is tried again');
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
      this.tellChanged();
    }
    // In the same turn as the look at what is offered: nothing offered later is left lying.
    this.working = undefined;
  }

  /** In order for each instance; different ones at once. */
  private async handOverAll(batch: readonly HandedEvent[]): Promise<void> {
    const { ports, onHanded } = this.options;
    const queues = new Map<string, SagaInput[]>();
    for (const handed of batch)
      for (const input of inputsOf(ports.sagas, handed)) {
        if (!this.owns(keyOf(input)) || !this.isNews(input)) continue;
        const name = documentName(keyOf(input));
        const queue = queues.get(name);
        if (queue) queue.push(input);
        else queues.set(name, [input]);
      }
    await Promise.all(
      [...queues.values()].map(async (queue) => {
        for (const input of queue) {
          if (this.stopping.signal.aborted) throw new Error('the worker stops');
          await handOver(ports, input);
          crashPoint('saga.handled');
          onHanded(keyOf(input));
        }
      }),
    );
  }

  private isNews({ saga, event }: SagaInput): boolean {
    return this.newSagas.has(saga.name) || this.known === undefined || event.position > this.known;
  }

  private moveTo(position: bigint): void {
    this.applied = position;
    this.saving ??= setTimeout(() => {
      this.saving = undefined;
      void this.save().catch((error: unknown) => {
        this.options.ports.logger.warn({ err: error }, 'a checkpoint of the sagas was not saved');
      });
    }, checkpointAfterMs).unref();
    this.options.onApplied();
  }

  private async save(): Promise<void> {
    const { ports, shard, shards } = this.options;
    const position = this.applied;
    if (position === undefined || position === this.saved) return;
    await ports.store.saveCheckpoint(sagaFeed, { lane: shard, lanes: shards, position });
    crashPoint('saga.checkpoint');
    this.saved = position;
    if (this.newSagas.size === 0 || (this.known !== undefined && position < this.known)) return;
    for (const saga of this.newSagas)
      await ports.store.saveCheckpoint(joined(saga), { lane: shard, lanes: shards, position });
    this.newSagas = new Set();
  }

  private tellChanged(): void {
    for (const resume of this.changed.splice(0)) resume();
  }
}
