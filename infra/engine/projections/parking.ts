import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import {
  beforeAnyEvent,
  documentName,
  type DocumentKey,
  type ReadModelStore,
  type StoredDocument,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { foldOne } from './fold.js';

/** So many events wait behind a parked one of the same document; at the next the lane is stuck, for all to see. */
export const mostWaiting = 1000;

export type Refusal = ReadModelStore['refusal'];

/**
 * A document after one event, if it can be applied; if not, or if another is parked already, the document with the
 * event parked (rules P3, P7).
 *
 * @returns undefined when there is nothing to write
 * @throws InvariantBroken `read-model.too-many-waiting`
 */
export function advance(
  projection: AnyProjection,
  before: StoredDocument | undefined,
  event: Recorded<AnyEvent>,
  key: DocumentKey,
  refusal: Refusal,
): StoredDocument | undefined {
  if (before?.parked) return waitBehind(before, event.position);
  try {
    return foldStorable(projection, before, event, key, refusal);
  } catch (error) {
    return parkedAt(before ?? emptyAt(key), event, messageOf(error), []);
  }
}

/**
 * The fold, of documents that can be stored.
 *
 * @throws whatever keeps the event from being applied
 */
export function foldStorable(
  projection: AnyProjection,
  before: StoredDocument | undefined,
  event: Recorded<AnyEvent>,
  key: DocumentKey,
  refusal: Refusal,
): StoredDocument | undefined {
  const after = foldOne(projection, before, event, key);
  const refused = after?.document && refusal(after.document);
  if (refused !== undefined) throw new InvariantBroken('read-model.not-storable', refused);
  return after;
}

export function emptyAt({ workspace, id }: DocumentKey): StoredDocument {
  return { workspace, id, position: beforeAnyEvent, document: undefined };
}

/** With an event parked, and the ones that wait behind it. */
export function parkedAt(
  { mark = 0, ...document }: StoredDocument,
  { position, stream, type }: Pick<Recorded<AnyEvent>, 'position' | 'stream' | 'type'>,
  reason: string,
  waiting: readonly bigint[],
): StoredDocument {
  return { ...document, mark: mark + 1, parked: { position, stream, type, reason, waiting } };
}

/** Every position that is parked in a document, in order. */
export function parkedPositions({ parked }: StoredDocument): readonly bigint[] {
  return parked ? [parked.position, ...parked.waiting] : [];
}

/** The last event that a document has seen: applied, or waiting. */
export function lastSeen(document: StoredDocument): bigint {
  return parkedPositions(document).at(-1) ?? document.position;
}

function waitBehind(before: StoredDocument, position: bigint): StoredDocument | undefined {
  const { parked, mark = 0 } = before;
  if (!parked || position <= lastSeen(before)) return undefined;
  if (parked.waiting.length >= mostWaiting)
    throw new InvariantBroken(
      'read-model.too-many-waiting',
      `${mostWaiting} events wait behind a parked one of ${documentName(before)}: unpark it`,
    );
  return { ...before, mark: mark + 1, parked: { ...parked, waiting: [...parked.waiting, position] } };
}
