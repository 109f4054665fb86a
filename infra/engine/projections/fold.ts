import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type { JsonObject } from '../../../domain/kernel/json.js';
import type { DocumentKey, StoredDocument } from '../../../domain/kernel/ports/read-model-store.js';
import { deleted, type AnyProjection } from '../../../projections/kernel/projection.js';

/**
 * The documents that an event touches, each once: within the event's own workspace, by construction.
 *
 * @throws InvariantBroken `read-model.no-key` when its data does not name them: it must not be passed over
 */
export function keysOf(projection: AnyProjection, event: Recorded<AnyEvent>): readonly DocumentKey[] {
  if (!Object.hasOwn(projection.on, event.type)) return [];
  const ids: unknown = projection.key(event);
  const { workspace } = event;
  if (typeof ids === 'string') return [{ workspace, id: ids }];
  if (!Array.isArray(ids) || !ids.every((id) => typeof id === 'string'))
    throw new InvariantBroken(
      'read-model.no-key',
      `${projection.name} finds no document in the data of ${event.type}`,
    );
  return [...new Set(ids)].map((id) => ({ workspace, id }));
}

/**
 * A document after one event. The one function that folds: live, in a rebuild and in a check.
 *
 * @returns undefined when there is nothing to write
 */
export function foldOne(
  projection: AnyProjection,
  before: StoredDocument | undefined,
  event: Recorded<AnyEvent>,
  key: DocumentKey,
): StoredDocument | undefined {
  // What the document has seen already is not applied again (rule P2).
  if (before && event.position <= before.position) return undefined;
  const fold = projection.on[event.type];
  if (!fold) return undefined;
  const after = fold(before?.document, event, key.id);
  if (after === undefined) return undefined;
  // Read models hold JSON: what a rebuild compares is what was stored.
  const document: JsonObject | undefined =
    after === deleted ? undefined : (JSON.parse(JSON.stringify(after)) as JsonObject);
  const { workspace, id } = key;
  const mark = before?.mark;
  return { workspace, id, position: event.position, document, ...(mark !== undefined && { mark }) };
}
