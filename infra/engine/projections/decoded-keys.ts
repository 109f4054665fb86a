import { messageOf } from '../../../domain/kernel/errors.js';
import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { DocumentKey } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { EventCodec } from '../../eventstore/event-codec.js';
import { keysOf } from './fold.js';

export type DecodedKeys =
  | { readonly kind: 'keyed'; readonly event: Recorded<AnyEvent>; readonly keys: readonly DocumentKey[] }
  | { readonly kind: 'unkeyed'; readonly reason: string };

/** The documents of an event; undefined for one that is none of the read model's. */
export function decodedKeys(
  projection: AnyProjection,
  codec: EventCodec,
  stored: StoredEvent,
): DecodedKeys | undefined {
  if (!Object.hasOwn(projection.on, stored.type) || !codec.isOurs(stored)) return undefined;
  try {
    const event = codec.decodeSealed(stored);
    return { kind: 'keyed', event, keys: keysOf(projection, event) };
  } catch (error) {
    return { kind: 'unkeyed', reason: messageOf(error) };
  }
}

/** The event at a position; undefined where there is none. */
export async function eventAt(log: EventLog, position: bigint): Promise<StoredEvent | undefined> {
  let found: StoredEvent | undefined;
  // To the end, which is near: a read that is broken off resets its stream.
  for await (const stored of log.readAll(position, 1)) found ??= stored;
  return found?.position === position ? found : undefined;
}
