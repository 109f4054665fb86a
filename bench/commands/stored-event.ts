import { randomUUID } from 'node:crypto';
import { jsonEvent, type JSONEventData } from '@eventstore/db-client';

const hash = 'a'.repeat(64);

/** An event with the bytes that Axion stores for the same request, under names of its own: it is no part of the chain. */
export function storedEvent(profile: { readonly name: string }): JSONEventData {
  const id = randomUUID();
  return jsonEvent({
    id,
    type: 'SourceRegistered',
    data: { name: profile.name, version: 1, profile },
    metadata: {
      'b.v': '1',
      'b.origin': hash.slice(0, 32),
      'b.ws': 'bench',
      'b.at': '2024-06-12T20:00:00.000Z',
      'b.actor': 'bootstrap',
      'b.cmd': id,
      'b.corr': id,
      'b.cause': '',
      'b.schema': '1',
      'b.salt': hash.slice(0, 32),
      'b.prev': hash,
      'b.ph': hash,
      'b.h': hash,
      $correlationId: id,
      $causationId: '',
    },
  });
}
