import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import { crashPoint } from '../../system/crash-points.js';
import { pause } from '../../system/pause.js';
import type { HandedEvent } from './handed-event.js';
import { LaneBatches, type LaneShare } from './lane-batch.js';

export interface LaneOptions extends LaneShare {
  /** Where this lane's last checkpoint stands. */
  readonly from: bigint | undefined;
  /** The fence of the lease that it is worked under. */
  readonly token?: bigint;
  readonly onApplied: () => void;
  /** Somebody else works this lane now; it has stopped by itself. */
  readonly onReplaced?: () => void;
}

const maximumBatch = 500;
const maximumWaiting = 5000;
const maximumWaitingWeight = 8 * 1024 * 1024;
const firstRetryMs = 50;
const lastRetryMs = 1000;
/** Under load batches are gathered for this long: each costs a write to disk, which commands need more urgently. */
const gatherMs = 20;
/** And the longer, the longer they take: the busier the machine, the fewer and larger they become. */
const gatherPerBatch = 3;
const longestGatherMs = 200;
/** A checkpoint is for other processes and the next start: what it lags behind is only applied again then. */
const checkpointAfterMs = 250;
/** Where nothing of the read model's own was passed, there is less to wait for, and most of the lanes are such. */
const checkpointOfOthersAfterMs = 1000;

/**
 * One share of a read model's documents. A batch is folded in memory and written with one bulk; the checkpoint
 * follows (rule P4), so that a crash anywhere ends in the same documents.
 */
export class Lane {
  /** Everything up to here is in the documents, or parked. */
  applied: bigint | undefined;
  /** Everything up to here was offered. */
  offered: bigint | undefined;
  /** Why it does not go on; undefined while it does. */
  fault: string | undefined;
  private waiting: HandedEvent[] = [];
  private waitingWeight = 0;
  private working: Promise<void> | undefined;
  private changed: (() => void)[] = [];
  private saved: bigint | undefined;
  /** The checkpoint is due now. */
  private unsaved = false;
  private savingSoon: { readonly timer: NodeJS.Timeout; readonly afterMs: number } | undefined;
  private wroteAt = 0;
  private batchMs = 0;
  private readonly batches: LaneBatches;
  private readonly stopping = new AbortController();

  constructor(private readonly options: LaneOptions) {
    this.applied = options.from;
    this.offered = options.from;
    this.saved = options.from;
    this.batches = new LaneBatches(options);
  }

  /** For people: which lane of which build. */
  get name(): string {
    const { projection, lane } = this.options;
    return `${projection.name} v${projection.version} b${projection.build ?? 0}, lane ${lane}`;
  }

  /** Takes a position that was handled, with the event if there is one of ours (rule P1). */
  offer(position: bigint, handed: HandedEvent | undefined): void {
    // One that was stopped applies nothing: it must not pass over an event and tell that it is there.
    if (this.stopping.signal.aborted) return;
    if (this.offered !== undefined && position <= this.offered) return;
    this.offered = position;
    if (handed && Object.hasOwn(this.options.projection.on, handed.type)) {
      this.waiting.push(handed);
      this.waitingWeight += handed.weight;
    } else if (!this.working) {
      this.moveTo(position, checkpointOfOthersAfterMs);
      return;
    }
    this.begin();
  }

  get isFull(): boolean {
    return (
      (this.waiting.length > maximumWaiting || this.waitingWeight > maximumWaitingWeight) &&
      !this.stopping.signal.aborted
    );
  }

  get waitingEvents(): number {
    return this.waiting.length;
  }

  /** When the oldest event that waits was decided, as it says itself. */
  get waitingSince(): string | undefined {
    const at = this.waiting[0]?.stored.metadata['a.at'];
    return typeof at === 'string' ? at : undefined;
  }

  /** True while it does not go on. */
  get isStuck(): boolean {
    return this.fault !== undefined;
  }

  /** Resolves when it went on, failed, or was stopped. */
  change(): Promise<void> {
    return new Promise((resume) => this.changed.push(resume));
  }

  /** @param saves false: somebody else works this lane now */
  async stop(saves = true): Promise<void> {
    this.stopping.abort();
    this.tellChanged();
    await this.working;
    clearTimeout(this.savingSoon?.timer);
    // What is not saved is only applied again at the next start.
    if (saves && this.saved !== this.applied) await this.save().catch(() => undefined);
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
    const pauseMs = Math.min(Math.max(gatherMs, gatherPerBatch * this.batchMs), longestGatherMs);
    const restMs = pauseMs - (performance.now() - this.wroteAt);
    if (restMs > 0 && this.waiting.length < maximumBatch) await pause(restMs, this.stopping.signal);
    else await new Promise((resume) => setImmediate(resume));
  }

  private async applyNext(): Promise<void> {
    const batch = this.waiting.slice(0, maximumBatch);
    const last = batch.length === this.waiting.length ? this.offered : undefined;
    const startedAt = performance.now();
    const { handled, written } =
      batch.length === 0 ? { handled: 0, written: 0 } : await this.batches.apply(batch);
    for (const { weight } of this.waiting.splice(0, handled)) this.waitingWeight -= weight;
    if (written > 0) {
      this.wroteAt = performance.now();
      this.batchMs = this.wroteAt - startedAt;
    }
    const upTo = handled === batch.length && last !== undefined ? last : batch[handled - 1]?.position;
    if (upTo !== undefined) this.moveTo(upTo, handled > 0 ? checkpointAfterMs : checkpointOfOthersAfterMs);
    this.tellChanged();
  }

  private moveTo(position: bigint, saveAfterMs: number): void {
    this.applied = position;
    this.saveSoon(saveAfterMs);
    this.options.onApplied();
  }

  private async save(): Promise<void> {
    const { projection, store, lane, lanes, token, onReplaced } = this.options;
    const position = this.applied;
    if (position !== undefined) {
      const fence = token === undefined ? {} : { token };
      crashPoint('checkpoint.saving');
      if (!(await store.saveCheckpoint(projection, { lane, lanes, position, ...fence }))) {
        this.stopping.abort();
        onReplaced?.();
        throw new InvariantBroken('read-model.replaced', 'another process works this lane now');
      }
    }
    crashPoint('checkpoint.saved');
    this.saved = position;
    this.unsaved = false;
  }

  private saveSoon(afterMs: number): void {
    if (this.savingSoon && this.savingSoon.afterMs <= afterMs) return;
    clearTimeout(this.savingSoon?.timer);
    const save = (): void => {
      this.savingSoon = undefined;
      this.unsaved = this.saved !== this.applied;
      this.begin();
    };
    this.savingSoon = { timer: setTimeout(save, afterMs).unref(), afterMs };
  }

  private tellChanged(): void {
    for (const resume of this.changed.splice(0)) resume();
  }
}
