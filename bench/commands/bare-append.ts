import { EventStoreDBClient } from '@eventstore/db-client';
import { answerMessages } from '../kit/child-program.js';
import { streamOf } from '../kit/stream-of.js';
import { storedEvent } from './stored-event.js';

export interface AppendRequest {
  readonly eventStoreUrl: string;
  readonly prefix: string;
  readonly body: string;
  readonly first: number;
  readonly count: number;
  readonly inFlight: number;
}

/** The same bytes appended without HTTP in front. */
answerMessages(async ({ eventStoreUrl, prefix, body, first, count, inFlight }: AppendRequest) => {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  let next = first;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    while (next < first + count) {
      const number = next++;
      const text = body.replaceAll('@stream', String(streamOf(number))).replaceAll('@number', String(number));
      const profile = JSON.parse(text) as { name: string };
      await client.appendToStream(`${prefix}-${profile.name}`, [storedEvent(profile)]);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { seconds: (performance.now() - started) / 1000 };
});
