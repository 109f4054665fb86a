import type { JsonObject } from '../../domain/kernel/json.js';
import { documentName } from '../../domain/kernel/ports/read-model-store.js';
import type { StoredEvent } from '../../domain/kernel/ports/event-log.js';
import type { EventCodec } from '../../infra/eventstore/event-codec.js';
import { deleted, type AnyProjection } from '../../projections/kernel/projection.js';

export interface Replayed {
  readonly position: bigint;
  /** Undefined: deleted. */
  readonly document: JsonObject | undefined;
}

/** A read model as it must be after these events: folded here once more, by nothing of the engine. */
export function replayed(
  projection: AnyProjection,
  events: Iterable<StoredEvent>,
  codec: EventCodec,
): Map<string, Replayed> {
  const documents = new Map<string, Replayed>();
  for (const stored of events) {
    const fold = codec.isOurs(stored) ? projection.on[stored.type] : undefined;
    if (!fold) continue;
    const event = codec.decodeSealed(stored);
    for (const id of [projection.key(event)].flat()) {
      const name = documentName({ workspace: event.workspace, id });
      const after = fold(documents.get(name)?.document, event, id);
      if (after === undefined) continue;
      const document = after === deleted ? undefined : (JSON.parse(JSON.stringify(after)) as JsonObject);
      documents.set(name, { position: event.position, document });
    }
  }
  return documents;
}
