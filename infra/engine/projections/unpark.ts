import { InvariantBroken, codeOf, messageOf } from '../../../domain/kernel/errors.js';
import {
  documentName,
  type DocumentKey,
  type StoredDocument,
  type UnkeyedEvent,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { decodedKeys, eventAt } from './decoded-keys.js';
import { foldStorable, parkedAt, parkedPositions } from './parking.js';
import { refold, type RefoldPorts } from './refold.js';

export interface UnparkReport {
  /** Events that are in their documents now. */
  readonly applied: number;
  /** Documents, and events without a document, that have something parked still. */
  readonly stillParked: number;
}

/** So many events are applied, and taken away, with one write. */
const maximumBatch = 200;

/**
 * Applies what is parked in a build with the code there is now: of each document the events in their order, each taken
 * away in the same conditional write that applies it, up to the first that still cannot be applied (rule P7).
 *
 * @param only one document; otherwise all of them, and the events that were parked by themselves
 */
export async function unpark(
  projection: AnyProjection,
  ports: RefoldPorts,
  only?: DocumentKey,
): Promise<UnparkReport> {
  let applied = 0;
  let stillParked = 0;
  if (!only) {
    const unkeyed = await unparkUnkeyed(projection, ports);
    applied += unkeyed.applied;
    stillParked += unkeyed.stillParked;
  }
  const keys: DocumentKey[] = [];
  if (only) keys.push(only);
  else for await (const { workspace, id } of ports.store.parked(projection)) keys.push({ workspace, id });
  for (const key of keys) {
    const outcome = await unparkDocument(projection, ports, key);
    applied += outcome.applied;
    if (outcome.isParked) stillParked++;
  }
  return { applied, stillParked };
}

async function unparkDocument(
  projection: AnyProjection,
  ports: RefoldPorts,
  key: DocumentKey,
): Promise<{ applied: number; isParked: boolean }> {
  let applied = 0;
  for (;;) {
    const [before] = await ports.store.load(projection, [key]);
    if (!before?.parked) return { applied, isParked: false };
    const after = await replayed(projection, ports, before);
    // Somebody else changed it, or appended to it: what there is now is looked at.
    if (!(await ports.store.replace(projection, before, after))) continue;
    applied += parkedPositions(before).length - parkedPositions(after).length;
    if (after.parked && parkedPositions(after).length > parkedPositions(before).length - maximumBatch)
      return { applied, isParked: true };
  }
}

/** A parked document after a batch of its events, and what then remains. */
async function replayed(
  projection: AnyProjection,
  { log, codec, store }: RefoldPorts,
  before: StoredDocument,
): Promise<StoredDocument> {
  const refusal = store.refusal.bind(store);
  const positions = parkedPositions(before);
  const { parked: _parked, ...bare } = before;
  let document: StoredDocument = bare;
  for (const [index, position] of positions.entries()) {
    const stored = await eventAt(log, position);
    if (!stored)
      throw new InvariantBroken('read-model.parked-nothing', `the log has no event at ${position}`, {
        document: documentName(before),
      });
    const rest = positions.slice(index + 1);
    if (index === maximumBatch) return remaining(document, before, stored, 'it waits to be replayed', rest);
    const found = decodedKeys(projection, codec, stored);
    if (found?.kind === 'unkeyed') return remaining(document, before, stored, found.reason, rest);
    // With the code there is now it may be no event of this document any more.
    if (!found?.keys.some((key) => documentName(key) === documentName(before))) continue;
    try {
      document = foldStorable(projection, document, found.event, before, refusal) ?? document;
    } catch (error) {
      return remaining(document, before, stored, messageOf(error), rest);
    }
  }
  return { ...document, mark: (before.mark ?? 0) + 1 };
}

function remaining(
  document: StoredDocument,
  { mark = 0 }: StoredDocument,
  stored: Parameters<typeof parkedAt>[1],
  reason: string,
  waiting: readonly bigint[],
): StoredDocument {
  return parkedAt({ ...document, mark }, stored, reason, waiting);
}

/** Events whose documents could not be told: once they can, those documents are made anew, in the log's order. */
async function unparkUnkeyed(
  projection: AnyProjection,
  ports: RefoldPorts,
): Promise<{ applied: number; stillParked: number }> {
  const { store, codec, log } = ports;
  const events = await store.unkeyed(projection);
  const keyed: UnkeyedEvent[] = [];
  const documents = new Map<string, { readonly key: DocumentKey; readonly atLeast: bigint }>();
  for (const event of events) {
    const stored = await eventAt(log, event.position);
    const found = stored && decodedKeys(projection, codec, stored);
    if (found?.kind === 'unkeyed') {
      await store.settleUnkeyed(projection, event, { reason: found.reason });
      continue;
    }
    keyed.push(event);
    for (const key of found?.keys ?? []) documents.set(documentName(key), { key, atLeast: event.position });
  }
  const parked = new Set(events.map(({ position }) => position));
  try {
    await refold(projection, documents, parked, ports);
  } catch (error) {
    if (codeOf(error) !== 'read-model.unreadable-history') throw error;
    for (const event of keyed) await store.settleUnkeyed(projection, event, { reason: messageOf(error) });
    return { applied: 0, stillParked: events.length };
  }
  for (const event of keyed) await store.settleUnkeyed(projection, event, 'applied');
  return { applied: keyed.length, stillParked: events.length - keyed.length };
}
