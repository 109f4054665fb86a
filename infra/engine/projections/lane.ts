import { messageOf } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import {
  documentName,
  type DocumentKey,
  type ReadModelStore,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { pause } from '../../system/pause.js';
import { foldOne, keysOf } from './fold.js';
import type { HandedEvent } from './handed-event.js';
import { RecentDocuments } from './recent-documents.js';

export interface LaneOptions {
  readonly projection: AnyProjection;
  readonly store: ReadModelStore;
  readonly lane: number;
  readonly lanes: number;
  /** Where this lane's last checkpoint stands. */
  readonly from: bigint | undefined;
  readonly onApplied: () => void;
}

interface LaneItem {
  readonly event: Recorded<AnyEvent>;
  /** Those of its documents that are this lane's. */
  readonly keys: readonly DocumentKey[];
}

const maximumBatch = 500;
const maximumWaiting = 5000;
const firstRetryMs = 50;
const lastRetryMs = 1000;
/** Under load batches are gathered for this long: each costs a write to disk, which commands need more urgently. */
const gatherMs = 20;
/** A checkpoint is for other processes and the next start: what it lags behind is only applied again then. */
const checkpointAfterMs = 250;

/**
 * One share of a read model's documents. A batch is folded in memory and written with one bulk; the checkpoint
 * follows (rule P4), so that a crash anywhere ends in the same documents.
 */
export class Lane {
  /** Everything up to here is in the documents. */
  applied: bigint | undefined;
  /** Everything up to here was offered. */
  offered: bigint | undefined;
  /** Why it does not go on; undefined while it does. */
  fault: string | undefined;
  private waiting: HandedEvent[] = [];
  private working: Promise<void> | undefined;
  private changed: (() => void)[] = [];
  private saved: bigint | undefined;
  /** The checkpoint is due now. */
  private unsaved = false;
  private savingSoon: NodeJS.Timeout | undefined;
  private wroteAt = 0;
  private readonly recent = new RecentDocuments();
  private readonly stopping = new AbortController();

  constructor(private readonly options: LaneOptions) {
    this.applied = options.from;
    this.offered = options.from;
    this.saved = options.from;
  }

  /** Takes a position that was handled, with the event if it may concern documents here (rule P1). */
  offer(position: bigint, handed: HandedEvent | undefined): void {
    if (this.offered !== undefined && position <= this.offered) return;
    this.offered = position;
    if (handed) this.waiting.push(handed);
    else if (!this.working) {
      this.moveTo(position);
      return;
    }
    this.begin();
  }

  get isFull(): boolean {
    return this.waiting.length > maximumWaiting && !this.stopping.signal.aborted;
  }

  /** Resolves when it went on, failed, or was stopped. */
  change(): Promise<void> {
    return new Promise((resume) => this.changed.push(resume));
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.tellChanged();
    await this.working;
    clearTimeout(this.savingSoon);
    // What is not saved is only applied again at the next start.
    if (this.saved !== this.applied) await this.save().catch(() => undefined);
  }

  private begin(): void {
    if (this.stopping.signal.aborted || !this.hasWork) return;
    this.working ??= this.work();
  }

  /** Where there is none, `work` would end before it was noted down as under way. */
  private get hasWork(): boolean {
    return this.applied !== this.offered || this.unsaved;
  }

  private async work(): Promise<void> {
    const { signal } = this.stopping;
    let retryMs = firstRetryMs;
    while (!signal.aborted && this.hasWork) {
      try {
        await this.gather();
        if (this.applied !== this.offered) await this.applyNext();
        if (this.unsaved) await this.save();
        this.fault = undefined;
        retryMs = firstRetryMs;
      } catch (error) {
        this.fault = messageOf(error);
        this.tellChanged();
        await pause(retryMs, signal);
        retryMs = Math.min(retryMs * 2, lastRetryMs);
      }
    }
    // In the same turn as the look at what is offered: nothing offered later is left lying.
    this.working = undefined;
  }

  /** The first after a rest goes at once, with all of its event turn; what follows closely goes together. */
  private async gather(): Promise<void> {
    const restMs = gatherMs - (performance.now() - this.wroteAt);
    if (restMs > 0 && this.waiting.length < maximumBatch) await pause(restMs, this.stopping.signal);
    else await new Promise((resume) => setImmediate(resume));
  }

  private async applyNext(): Promise<void> {
    const batch = this.waiting.slice(0, maximumBatch);
    const last = batch.length === this.waiting.length ? this.offered : undefined;
    const { handled, written } = await this.apply(batch);
    this.waiting.splice(0, handled);
    if (written > 0) this.wroteAt = performance.now();
    const upTo = handled === batch.length && last !== undefined ? last : batch[handled - 1]?.position;
    if (upTo !== undefined) this.moveTo(upTo);
    this.tellChanged();
  }

  private moveTo(position: bigint): void {
    this.applied = position;
    this.saveSoon();
    this.options.onApplied();
  }

  /** Folds up to the first event that cannot be folded; throws if that is the first of all. */
  private async apply(batch: readonly HandedEvent[]): Promise<{ handled: number; written: number }> {
    const { projection, store } = this.options;
    const items = untilOneFails(batch, (handed) => this.itemOf(handed));
    const keys = items.flatMap((item) => item.keys);
    if (keys.length === 0) return { handled: items.length, written: 0 };
    const documents = await this.recent.obtain(keys, (missing) => store.load(projection, missing));
    const changed = new Map<string, StoredDocument>();
    const folded = untilOneFails(items, ({ event, keys }) => {
      for (const key of keys) {
        const id = documentName(key);
        const after = foldOne(projection, changed.get(id) ?? documents.get(id), event, key);
        if (after) changed.set(id, after);
      }
    });
    if (changed.size > 0) await store.write(projection, [...changed.values()]);
    this.recent.keep(changed);
    return { handled: folded.length, written: changed.size };
  }

  private itemOf({ event }: HandedEvent): LaneItem {
    const { projection, lane, lanes } = this.options;
    return { event, keys: keysOf(projection, event).filter((key) => laneOf(key, lanes) === lane) };
  }

  private async save(): Promise<void> {
    const { projection, store, lane, lanes } = this.options;
    const position = this.applied;
    if (position !== undefined) await store.saveCheckpoint(projection, { lane, lanes, position });
    this.saved = position;
    this.unsaved = false;
  }

  private saveSoon(): void {
    this.savingSoon ??= setTimeout(() => {
      this.savingSoon = undefined;
      this.unsaved = this.saved !== this.applied;
      this.begin();
    }, checkpointAfterMs).unref();
  }

  private tellChanged(): void {
    for (const resume of this.changed.splice(0)) resume();
  }
}

/** What `step` makes of each, up to the first that it throws at. @throws what it throws at the very first */
function untilOneFails<Item, Result>(items: readonly Item[], step: (item: Item) => Result): Result[] {
  const results: Result[] = [];
  for (const item of items)
    try {
      results.push(step(item));
    } catch (error) {
      if (results.length === 0) throw error;
      break;
    }
  return results;
}

/** FNV-1a (32 bits): spreads ids evenly, and the same way in every process. */
function laneOf(key: DocumentKey, lanes: number): number {
  let sum = 0x811c9dc5;
  for (const character of documentName(key)) {
    sum ^= character.codePointAt(0) ?? 0;
    sum = Math.imul(sum, 0x01000193) >>> 0;
  }
  return sum % lanes;
}
