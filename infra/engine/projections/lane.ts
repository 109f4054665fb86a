import { messageOf } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type {
  DocumentKey,
  ReadModelStore,
  StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { pause } from '../../system/pause.js';
import { foldOne } from './fold.js';

export interface LaneItem {
  readonly event: Recorded<AnyEvent>;
  readonly keys: readonly DocumentKey[];
}

export interface LaneOptions {
  readonly projection: AnyProjection;
  readonly store: ReadModelStore;
  readonly lane: number;
  readonly lanes: number;
  /** Where this lane's last checkpoint stands. */
  readonly from: bigint | undefined;
  readonly onApplied: () => void;
}

const maximumBatch = 500;
const maximumWaiting = 5000;
const retryAfterMs = 1000;
/** A checkpoint with nothing written before it is for other processes and the next start; it may come later. */
const idleCheckpointAfterMs = 250;

/**
 * One share of a read model's documents. A batch is folded in memory and written with one bulk; the checkpoint
 * follows (rule P4), so that a crash anywhere ends in the same documents.
 */
export class Lane {
  /** Everything up to here is in the documents. */
  applied: bigint | undefined;
  /** Why it does not go on; undefined while it does. */
  fault: string | undefined;
  private offered: bigint | undefined;
  private waiting: LaneItem[] = [];
  private working: Promise<void> | undefined;
  private room: (() => void)[] = [];
  private saved: bigint | undefined;
  private savingSoon: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly options: LaneOptions) {
    this.applied = options.from;
    this.offered = options.from;
    this.saved = options.from;
  }

  /** Takes a position that was handled, with what there is to do for it here (rule P1). */
  offer(position: bigint, item: LaneItem | undefined): void {
    if (this.offered !== undefined && position <= this.offered) return;
    this.offered = position;
    if (item) this.waiting.push(item);
    this.working ??= this.work().finally(() => (this.working = undefined));
  }

  /** Resolves when there is room for more. */
  async hasRoom(): Promise<void> {
    while (this.waiting.length > maximumWaiting && !this.stopped)
      await new Promise<void>((resume) => this.room.push(resume));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const resume of this.room.splice(0)) resume();
    await this.working;
    clearTimeout(this.savingSoon);
    await this.saveApplied();
  }

  private async work(): Promise<void> {
    // Everything of this event turn goes into one batch.
    await new Promise((resume) => setImmediate(resume));
    while (!this.stopped && this.applied !== this.offered) {
      const batch = this.waiting.slice(0, maximumBatch);
      const upTo = batch.length < this.waiting.length ? batch.at(-1)?.event.position : this.offered;
      try {
        await this.apply(batch);
        this.applied = upTo;
        if (batch.length > 0 && upTo !== undefined) await this.save(upTo);
        else this.saveSoon();
      } catch (error) {
        this.fault = messageOf(error);
        await pause(retryAfterMs);
        continue;
      }
      this.fault = undefined;
      this.waiting.splice(0, batch.length);
      for (const resume of this.room.splice(0)) resume();
      this.options.onApplied();
    }
  }

  private async apply(batch: readonly LaneItem[]): Promise<void> {
    if (batch.length === 0) return;
    const { projection, store } = this.options;
    const keys = new Map(batch.flatMap(({ keys }) => keys.map((key) => [idOf(key), key] as const)));
    const loaded = await store.load(projection, [...keys.values()]);
    const documents = new Map(loaded.map((document) => [idOf(document), document]));
    const changed = new Set<string>();
    for (const { event, keys } of batch)
      for (const key of keys) {
        const id = idOf(key);
        const after = foldOne(projection, documents.get(id), event, key);
        if (!after) continue;
        documents.set(id, after);
        changed.add(id);
      }
    const writes = [...changed]
      .map((id) => documents.get(id))
      .filter((document): document is StoredDocument => !!document);
    await store.write(projection, writes);
  }

  private async save(position: bigint): Promise<void> {
    const { projection, store, lane, lanes } = this.options;
    await store.saveCheckpoint(projection, { lane, lanes, position });
    this.saved = position;
  }

  private saveSoon(): void {
    this.savingSoon ??= setTimeout(() => {
      this.savingSoon = undefined;
      void this.saveApplied();
    }, idleCheckpointAfterMs);
  }

  /** What is not saved is only applied again at the next start. */
  private async saveApplied(): Promise<void> {
    if (this.applied !== undefined && this.saved !== this.applied)
      await this.save(this.applied).catch(() => undefined);
  }
}

function idOf({ workspace, id }: DocumentKey): string {
  return `${workspace}/${id}`;
}
