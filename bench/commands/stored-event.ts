import { randomUUID } from 'node:crypto';
import { jsonEvent, type JSONEventData } from '@eventstore/db-client';

const hash = 'a'.repeat(64);

/** An event with the bytes that Axion stores for the same request: its data, and metadata of the same length. */
export function storedEvent(profile: { readonly name: string }): JSONEventData {
  const id = randomUUID();
  return jsonEvent({
    id,
    type: 'SourceRegistered',
    data: { name: profile.name, version: 1, profile },
    metadata: {
      'a.v': '1',
      'a.origin': hash.slice(0, 32),
      'a.ws': 'bench',
      'a.at': '2024-06-12T20:00:00.000Z',
      'a.actor': 'bootstrap',
      'a.cmd': id,
      'a.corr': id,
      'a.cause': '',
      'a.schema': '1',
      'a.salt': hash.slice(0, 32),
      'a.prev': hash,
      'a.ph': hash,
      'a.h': hash,
      $correlationId: id,
      $causationId: '',
    },
  });
}
