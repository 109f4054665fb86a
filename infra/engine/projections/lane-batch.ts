import { messageOf } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import { parseStreamName } from '../../../domain/kernel/names.js';
import {
  documentName,
  type DocumentKey,
  type ReadModelStore,
  type StoredDocument,
  type UnkeyedEvent,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { crashPoint } from '../../system/crash-points.js';
import type { ObserveBatch } from './applied-batch.js';
import { keysOf } from './fold.js';
import type { HandedEvent } from './handed-event.js';
import { laneOf } from './lane-of.js';
import { advance } from './parking.js';
import { RecentDocuments } from './recent-documents.js';

export interface LaneShare {
  readonly projection: AnyProjection;
  readonly store: ReadModelStore;
  readonly lane: number;
  readonly lanes: number;
  readonly observe?: ObserveBatch;
}

type LaneItem =
  | { readonly event: Recorded<AnyEvent>; readonly keys: readonly DocumentKey[] }
  | { readonly unkeyed: UnkeyedEvent };

/** Applies batches of events to one lane's share of the documents. */
export class LaneBatches {
  private readonly recent = new RecentDocuments();

  constructor(private readonly share: LaneShare) {}

  /**
   * Folds in memory and writes with one bulk; parks what cannot be applied. The checkpoint may follow when it returns.
   *
   * @returns how many of the events were handled, one at least, and how many documents were written
   * @throws InvariantBroken when the first of them can neither be applied nor parked
   */
  async apply(batch: readonly HandedEvent[]): Promise<{ handled: number; written: number }> {
    const items = batch.map((handed) => this.itemOf(handed));
    try {
      return await this.applyItems(items);
    } catch (error) {
      // Whatever went wrong, what is stored may be another by the next attempt.
      this.recent.clear();
      throw error;
    }
  }

  private async applyItems(items: readonly LaneItem[]): Promise<{ handled: number; written: number }> {
    // Before any document that is ahead of them: a lane that is taken over in between finds them parked.
    for (const item of items)
      if ('unkeyed' in item) await this.share.store.parkUnkeyed(this.share.projection, item.unkeyed);
    for (;;) {
      const { handled, written, refused } = await this.attempt(items);
      if (refused === 0) return { handled, written };
    }
  }

  private async attempt(
    items: readonly LaneItem[],
  ): Promise<{ handled: number; written: number; refused: number }> {
    const { projection, store } = this.share;
    const keys = items.flatMap((item) => ('keys' in item ? item.keys : []));
    if (keys.length === 0) return { handled: items.length, written: 0, refused: 0 };
    const loaded = await this.recent.obtain(keys, (missing) => store.load(projection, missing));
    const changed = new Map<string, StoredDocument>();
    const startedAt = performance.now();
    const handled = this.fold(items, loaded, changed);
    const foldedAt = performance.now();
    crashPoint('projection.folded');
    const refused = await this.write(loaded, changed);
    crashPoint('projection.written');
    this.tell(items.slice(0, handled), loaded, changed, { startedAt, foldedAt });
    for (const name of refused) {
      changed.delete(name);
      this.recent.forget(name);
    }
    this.recent.keep(changed);
    return { handled, written: changed.size, refused: refused.length };
  }

  /** Folds up to the first event that cannot even be parked; throws if that is the first of all. */
  private fold(
    items: readonly LaneItem[],
    loaded: ReadonlyMap<string, StoredDocument>,
    changed: Map<string, StoredDocument>,
  ): number {
    const { projection, store } = this.share;
    const refusal = store.refusal.bind(store);
    for (const [index, item] of items.entries()) {
      if ('unkeyed' in item) continue;
      try {
        for (const key of item.keys) {
          const name = documentName(key);
          const after = advance(projection, changed.get(name) ?? loaded.get(name), item.event, key, refusal);
          if (after) changed.set(name, after);
        }
      } catch (error) {
        if (index === 0) throw error;
        return index;
      }
    }
    return items.length;
  }

  private tell(
    items: readonly LaneItem[],
    loaded: ReadonlyMap<string, StoredDocument>,
    changed: ReadonlyMap<string, StoredDocument>,
    { startedAt, foldedAt }: { readonly startedAt: number; readonly foldedAt: number },
  ): void {
    const { projection, lane, observe } = this.share;
    observe?.({
      readModel: projection.name,
      lane,
      events: items.flatMap((item) => ('keys' in item && item.keys.length > 0 ? item.event : [])),
      documents: changed.size,
      parked: [...changed].filter(([name, { mark }]) => mark !== loaded.get(name)?.mark).length,
      foldMs: foldedAt - startedAt,
      writeMs: performance.now() - foldedAt,
    });
  }

  /** @returns the names of those that are others by now */
  private async write(
    loaded: ReadonlyMap<string, StoredDocument>,
    documents: ReadonlyMap<string, StoredDocument>,
  ): Promise<readonly string[]> {
    const { projection, store } = this.share;
    const changes: StoredDocument[] = [];
    const additions: StoredDocument[] = [];
    const refused: string[] = [];
    for (const [name, after] of documents) {
      const before = loaded.get(name);
      if (after.mark === before?.mark) (before ? changes : additions).push(after);
      else if (!(await store.replace(projection, before, after))) refused.push(name);
    }
    // An insert is cheaper than an upsert, for us and for the database.
    const writing = [
      ...(changes.length > 0 ? [store.write(projection, changes)] : []),
      ...(additions.length > 0 ? [store.write(projection, additions, 'new')] : []),
    ];
    return [...refused, ...(await Promise.all(writing)).flat().map(documentName)];
  }

  private itemOf(handed: HandedEvent): LaneItem {
    const { projection, lane, lanes } = this.share;
    try {
      const { event } = handed;
      return { event, keys: keysOf(projection, event).filter((key) => laneOf(key, lanes) === lane) };
    } catch (error) {
      // Every lane parks it: none knows whether it is its own, and one that is taken over must find it.
      return { unkeyed: unkeyedOf(handed, messageOf(error)) };
    }
  }
}

/** An event whose documents cannot be told. */
export function unkeyedOf({ stored }: Pick<HandedEvent, 'stored'>, reason: string): UnkeyedEvent {
  const workspace = parseStreamName(stored.stream)?.workspace;
  if (!workspace) throw new RangeError(`${stored.stream} is no stream of ours`);
  const { position, stream, type } = stored;
  return { workspace, position, stream, type, reason };
}
