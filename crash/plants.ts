import { randomUUID } from 'node:crypto';
import type { Stores } from '../apps/cli/stores.js';
import { systemContext } from '../domain/kernel/event.js';
import type { JsonObject } from '../domain/kernel/json.js';
import { parseStreamName, type StreamName } from '../domain/kernel/names.js';
import type { StoredEvent } from '../domain/kernel/ports/event-log.js';
import { hashOf, linkEvents } from '../infra/eventstore/chain.js';
import { randomIds } from '../infra/system/random-ids.js';
import { objectOf } from './oracle/effects.js';
import type { ViolationKind } from './oracle/violations.js';
import type { Scene } from './scene.js';

/** A violation that a check must find. */
export interface Control {
  readonly kind: ViolationKind;
  /** What must be said of it. */
  readonly says: RegExp;
  readonly plant: (stores: Stores, scene: Scene) => Promise<void>;
}

export async function newestOf({ log }: Stores, type: string): Promise<StoredEvent> {
  let newest: StoredEvent | undefined;
  for await (const event of log.readAll()) if (event.type === type) newest = event;
  if (!newest) throw new Error(`the log holds no ${type}`);
  return newest;
}

export interface Change {
  /** Another stream of its category than its own, which may not be there yet. */
  readonly id?: string;
  /** Fields in place of its own. */
  readonly data?: JsonObject;
  /** Linked to this, and not to the last event. */
  readonly hash?: string;
}

/** Appends what an event says once more at the end of a stream, well linked. */
export async function append(
  { log }: Stores,
  { stream, type, data, metadata }: StoredEvent,
  { id, data: changed, hash }: Change = {},
): Promise<void> {
  const { category = '', workspace } = parseStreamName(stream) ?? {};
  const name = (id === undefined ? stream : `${category}-${workspace}.${id}`) as StreamName;
  const last = await log.readLast(name);
  const context = systemContext(randomIds.next(), String(metadata['a.at']));
  const linked = linkEvents(
    String(metadata['a.origin']),
    name,
    last && { revision: last.revision, hash: hash ?? hashOf(last) ?? '' },
    [
      {
        type,
        schema: Number(metadata['a.schema']),
        data: { ...objectOf(data), ...changed },
        context: { ...context, ...(workspace && { workspace }) },
        salt: randomUUID().replaceAll('-', ''),
      },
    ],
  );
  await log.append(name, last?.revision ?? 'no_stream', linked);
}
