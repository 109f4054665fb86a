import { EventStoreDBClient, START } from '@eventstore/db-client';
import { isDeposited } from '../engine/deposited.js';
import { answerMessages } from '../kit/child-program.js';

export interface ReadRequest {
  readonly eventStoreUrl: string;
  /** Everything after this position; undefined: from the beginning. */
  readonly after: string | undefined;
  /** So many deposits. */
  readonly events: number;
}

export interface ReadReply {
  readonly seconds: number;
  readonly events: number;
}

let client: EventStoreDBClient | undefined;

/** The floor under sealing: the official client reads the same events, parses them, and that is all. */
answerMessages(async ({ eventStoreUrl, after, events }: ReadRequest): Promise<ReadReply> => {
  client ??= EventStoreDBClient.connectionString(eventStoreUrl);
  const fromPosition = after === undefined ? START : { commit: BigInt(after), prepare: BigInt(after) };
  const started = performance.now();
  let found = 0;
  for await (const { event } of client.readAll({ fromPosition }))
    if (event && isDeposited(event) && event.position.commit > BigInt(after ?? -1) && ++found === events)
      break;
  return { seconds: (performance.now() - started) / 1000, events: found };
});
