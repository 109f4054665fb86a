import { InvariantBroken } from '../../../domain/kernel/errors.js';
import {
  documentName,
  type DocumentKey,
  type ReadModelStore,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { decodedKeys } from './decoded-keys.js';
import { advance, emptyAt, lastSeen } from './parking.js';

export interface RefoldPorts {
  readonly log: EventLog;
  readonly codec: EventCodec;
  readonly store: ReadModelStore;
}

interface Refolded {
  readonly key: DocumentKey;
  /** What it is in the store. */
  before: StoredDocument | undefined;
  /** What history makes of it, up to `limit`. */
  after: StoredDocument | undefined;
  /** Everything up to here must be in it, applied or parked. */
  limit: bigint;
  /** Everything up to here was folded. */
  folded: bigint;
}

/**
 * Makes documents anew from the whole log, as far as each has come: an event that was left out is in its place then.
 * The log is read once, and on from there for those documents that went on meanwhile.
 *
 * @param keys with the position up to which each is folded at least
 * @param parked the events that are parked by themselves: left out, as they were
 * @throws InvariantBroken `read-model.unreadable-history` when this code cannot tell the documents of another event:
 * what is in a document thanks to other code would be lost
 */
export async function refold(
  projection: AnyProjection,
  keys: ReadonlyMap<string, { readonly key: DocumentKey; readonly atLeast: bigint }>,
  parked: ReadonlySet<bigint>,
  ports: RefoldPorts,
): Promise<void> {
  const left = new Map<string, Refolded>();
  for (const [name, { key, atLeast }] of keys)
    left.set(name, { key, before: undefined, after: undefined, limit: atLeast, folded: -1n });
  while (left.size > 0) {
    await takeStock(projection, left, ports.store);
    await foldOn(projection, left, parked, ports);
    for (const [name, refolded] of left) {
      const { key, before, after } = refolded;
      if (!before && !after) left.delete(name);
      // Always written, though it may be the same: its mark tells who has older content in mind.
      else if (await ports.store.replace(projection, before, remarked(after ?? emptyAt(key), before)))
        left.delete(name);
    }
  }
}

async function takeStock(
  projection: AnyProjection,
  left: ReadonlyMap<string, Refolded>,
  store: ReadModelStore,
): Promise<void> {
  const stored = await store.load(
    projection,
    [...left.values()].map(({ key }) => key),
  );
  for (const document of stored) {
    const refolded = left.get(documentName(document));
    if (!refolded) continue;
    refolded.before = document;
    const seen = lastSeen(document);
    if (seen > refolded.limit) refolded.limit = seen;
  }
}

async function foldOn(
  projection: AnyProjection,
  left: ReadonlyMap<string, Refolded>,
  parked: ReadonlySet<bigint>,
  { log, codec, store }: RefoldPorts,
): Promise<void> {
  const refusal = store.refusal.bind(store);
  const all = [...left.values()];
  const from = all.map(({ folded }) => folded).reduce((least, one) => (one < least ? one : least));
  const to = all.map(({ limit }) => limit).reduce((most, one) => (one > most ? one : most));
  for await (const stored of log.readAll(from < 0n ? undefined : from)) {
    if (stored.position > to) break;
    const found = decodedKeys(projection, codec, stored);
    if (!found) continue;
    if (found.kind === 'unkeyed') {
      if (parked.has(stored.position)) continue;
      throw new InvariantBroken(
        'read-model.unreadable-history',
        `this code cannot tell the documents of the event at ${stored.position}: ${found.reason}`,
      );
    }
    for (const key of found.keys) {
      const refolded = left.get(documentName(key));
      if (!refolded || stored.position <= refolded.folded || stored.position > refolded.limit) continue;
      refolded.after = advance(projection, refolded.after, found.event, key, refusal) ?? refolded.after;
    }
  }
  for (const refolded of all) refolded.folded = refolded.limit;
}

function remarked(after: StoredDocument, before: StoredDocument | undefined): StoredDocument {
  return { ...after, mark: (before?.mark ?? 0) + 1 };
}
