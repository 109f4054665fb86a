import { EventStoreDBClient } from '@eventstore/db-client';
import { fastify } from 'fastify';
import { answerMessages } from '../kit/child-program.js';
import { storedEvent } from './stored-event.js';

/** The floor under commands: parse the body, append the same bytes, answer. It decides, links and checks nothing. */
answerMessages(async ({ eventStoreUrl, prefix }: { eventStoreUrl: string; prefix: string }) => {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const server = fastify();
  server.post<{ Body: { name: string } }>('/', async ({ body }) => {
    const { position, nextExpectedRevision } = await client.appendToStream(`${prefix}-${body.name}`, [
      storedEvent(body),
    ]);
    return { revision: String(nextExpectedRevision), position: String(position?.commit) };
  });
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }) };
});
