import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import type { BuildProgress } from '../../../domain/kernel/ports/read-model-pointers.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import {
  documentName,
  type DocumentKey,
  type ReadModelStore,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { crashPoint } from '../../system/crash-points.js';
import { jsonWeight } from '../../system/json-weight.js';
import { DocumentCache } from './document-cache.js';
import { keysOf } from './fold.js';
import { foldStorable } from './parking.js';
import { appliedOf } from './positions.js';

export interface FillerOptions {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly store: ReadModelStore;
  /** Of the build, so with its number. */
  readonly projection: AnyProjection;
  /** The lanes that go on from here; a checkpoint is written for each. */
  readonly lanes: number;
  /** Below every token of a lease: whoever works a lane under one has replaced this. */
  readonly token?: bigint;
  /** Told of progress, at most once a second. */
  readonly onProgress?: (progress: BuildProgress) => Promise<void>;
  /** Bound of the documents held in memory, in bytes, about. Default 24 MiB. */
  readonly cacheBytes?: number;
  /** What was folded is written at least so often, so that a kill costs no more. Default 30 s. */
  readonly flushEveryMs?: number;
}

export type FillOutcome =
  | { readonly kind: 'caught up'; readonly position: bigint | undefined }
  | { readonly kind: 'failed'; readonly position: bigint; readonly reason: string }
  | { readonly kind: 'stopped' };

interface FoldItem {
  readonly stored: StoredEvent;
  readonly event: Recorded<AnyEvent>;
  readonly keys: readonly DocumentKey[];
}

class HistoryFault extends Error {
  constructor(
    readonly position: bigint,
    reason: string,
  ) {
    super(reason);
  }
}

const chunkEvents = 250;
const chunkWeight = 4 * 1024 * 1024;
const progressEveryMs = 1000;
const defaultCacheBytes = 24 * 1024 * 1024;
const defaultFlushMs = 30_000;

/**
 * Folds history into a build: from its checkpoint to the head of the log, documents held in memory and written in
 * bulks, the checkpoint after everything that was folded. Stops at the first event that cannot be applied (rule P6).
 */
export class BuildFiller {
  private readonly startedAt = performance.now();
  private events = 0;
  private position: bigint | undefined;
  private began: bigint | undefined;
  private head = 0n;
  private toldAt = 0;
  private flushedAt = performance.now();

  constructor(private readonly options: FillerOptions) {}

  /** @throws whatever store and log throw; another filler goes on where this one has saved */
  async run(signal: AbortSignal): Promise<FillOutcome> {
    const { log, store, projection, cacheBytes = defaultCacheBytes } = this.options;
    this.position = appliedOf(await store.checkpoints(projection));
    this.began = this.position;
    const cache = new DocumentCache(projection, store, cacheBytes, this.position === undefined);
    for (;;) {
      const head = await log.head();
      if (head === undefined || (this.position !== undefined && this.position >= head)) break;
      this.head = head;
      const fault = await this.readOn(cache, signal);
      await this.save(cache);
      if (fault) return { kind: 'failed', position: fault.position, reason: fault.message };
      if (signal.aborted) return { kind: 'stopped' };
    }
    return { kind: 'caught up', position: this.position };
  }

  private async readOn(cache: DocumentCache, signal: AbortSignal): Promise<HistoryFault | undefined> {
    const { log, projection } = this.options;
    let chunk: StoredEvent[] = [];
    let read = 0;
    let weight = 0;
    let latest = this.position;
    const apply = async (): Promise<void> => {
      await this.apply(cache, chunk);
      this.events += read;
      this.position = latest;
      chunk = [];
      read = 0;
      weight = 0;
      if (cache.isFull || this.isFlushDue) {
        await this.save(cache);
        if (cache.isFull) cache.shrink();
      }
      await this.tell();
    };
    try {
      for await (const stored of log.readAll(this.position)) {
        if (this.position !== undefined && stored.position <= this.position) continue;
        latest = stored.position;
        read++;
        if (Object.hasOwn(projection.on, stored.type)) {
          chunk.push(stored);
          weight += jsonWeight(stored.data);
        }
        if (read < chunkEvents && weight < chunkWeight) continue;
        await apply();
        if (signal.aborted) return undefined;
      }
      await apply();
      return undefined;
    } catch (error) {
      if (error instanceof HistoryFault) return error;
      throw error;
    }
  }

  /** Folds a chunk; what comes before an event that cannot be applied is folded when it throws. */
  private async apply(cache: DocumentCache, chunk: readonly StoredEvent[]): Promise<void> {
    const { projection, store } = this.options;
    const refusal = store.refusal.bind(store);
    const { items, fault } = this.itemsOf(chunk);
    await cache.obtain(items.flatMap(({ keys }) => keys));
    for (const { stored, event, keys } of items)
      for (const key of keys) {
        const name = documentName(key);
        try {
          const after = foldStorable(projection, cache.get(name), event, key, refusal);
          if (after) cache.set(name, after);
        } catch (error) {
          this.standBefore(chunk, stored.position);
          throw new HistoryFault(stored.position, messageOf(error));
        }
      }
    if (fault) {
      this.standBefore(chunk, fault.position);
      throw fault;
    }
  }

  private itemsOf(chunk: readonly StoredEvent[]): { items: readonly FoldItem[]; fault?: HistoryFault } {
    const { codec, projection } = this.options;
    const items: FoldItem[] = [];
    for (const stored of chunk) {
      if (!codec.isOurs(stored)) continue;
      try {
        const event = codec.decodeSealed(stored);
        items.push({ stored, event, keys: keysOf(projection, event) });
      } catch (error) {
        return { items, fault: new HistoryFault(stored.position, messageOf(error)) };
      }
    }
    return { items };
  }

  /** The checkpoint must not cover what comes after the event that cannot be applied, nor that event itself. */
  private standBefore(chunk: readonly StoredEvent[], position: bigint): void {
    this.position = chunk.findLast((stored) => stored.position < position)?.position ?? this.position;
  }

  private async save(cache: DocumentCache): Promise<void> {
    const { store, projection, lanes, token } = this.options;
    const fence = token === undefined ? {} : { token };
    const { position } = this;
    if (!(await cache.flush())) throw replaced();
    crashPoint('rebuild.written');
    this.flushedAt = performance.now();
    if (position === undefined) return;
    for (let lane = 0; lane < lanes; lane++)
      if (!(await store.saveCheckpoint(projection, { lane, lanes, position, ...fence }))) throw replaced();
  }

  private get isFlushDue(): boolean {
    return performance.now() - this.flushedAt >= (this.options.flushEveryMs ?? defaultFlushMs);
  }

  private async tell(): Promise<void> {
    const now = performance.now();
    if (!this.options.onProgress || now - this.toldAt < progressEveryMs || this.position === undefined)
      return;
    this.toldAt = now;
    const seconds = (now - this.startedAt) / 1000;
    const done = Number(this.position - (this.began ?? 0n));
    const left = Math.max(0, Number(this.head - this.position));
    await this.options.onProgress({
      position: this.position,
      head: this.head,
      events: this.events,
      eventsPerSecond: Math.round(this.events / seconds),
      secondsLeft: done > 0 ? Math.ceil((seconds * left) / done) : null,
    });
  }
}

function replaced(): InvariantBroken {
  return new InvariantBroken('read-model.replaced', 'another process feeds this build already');
}
