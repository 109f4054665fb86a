import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import type { JsonObject } from '../../domain/kernel/json.js';

export interface Poison {
  readonly stream: string;
  readonly type: string;
  /** Version of the event's definition that it claims to be of. */
  readonly schema: number;
  readonly data: JsonObject;
}

/**
 * Appends past the platform, with the official client, events that pose as linked ones of its own.
 *
 * @returns their positions in `$all`
 */
export async function appendPoison(
  eventStoreUrl: string,
  events: readonly Poison[],
): Promise<readonly bigint[]> {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const positions: bigint[] = [];
  for (const { stream, type, schema, data } of events) {
    const metadata = {
      'a.v': '1',
      'a.schema': String(schema),
      'a.at': new Date().toISOString(),
      'a.actor': 'nobody',
      'a.cmd': 'none',
      'a.corr': 'none',
      'a.cause': '',
    };
    const { position } = await client.appendToStream(stream, jsonEvent({ type, data, metadata }));
    if (!position) throw new Error(`${stream} was given no position`);
    positions.push(position.commit);
  }
  await client.dispose();
  return positions;
}
