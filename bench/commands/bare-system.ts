import { EventEmitter, once } from 'node:events';
import { EventStoreDBClient, streamNameFilter, type AllStreamRecordedEvent } from '@eventstore/db-client';
import { fastify } from 'fastify';
import { MongoClient, type AnyBulkWriteOperation, type Document } from 'mongodb';
import { answerMessages } from '../kit/child-program.js';
import { storedEvent } from './stored-event.js';

export interface BareSystemStart {
  readonly eventStoreUrl: string;
  readonly mongoUrl: string;
  readonly prefix: string;
}

interface Shown extends Document {
  readonly _id: string;
}

/**
 * The floor under a whole system of events and read models, in one process over the official clients: parse the body,
 * append the same bytes, answer; follow the log, and write each event's document, many in one bulk. It decides, links,
 * signs and guards nothing, and forgets where it was. `GET /shown/<position>` answers when the documents hold it.
 */
answerMessages(async ({ eventStoreUrl, mongoUrl, prefix }: BareSystemStart) => {
  const client = EventStoreDBClient.connectionString(eventStoreUrl);
  const mongo = await new MongoClient(mongoUrl, { promoteLongs: false }).connect();
  const documents = mongo.db(`bench-${prefix}`).collection<Shown>('profiles');
  const progress = new EventEmitter();
  let waiting: AllStreamRecordedEvent[] = [];
  let shown = -1n;
  let writing = false;

  const write = async (): Promise<void> => {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const newest = new Map(batch.map((event) => [event.streamId, event]));
      const operations = [...newest].map(([_id, { data }]): AnyBulkWriteOperation<Shown> => ({
        replaceOne: { filter: { _id }, replacement: { data }, upsert: true },
      }));
      await documents.bulkWrite(operations, {
        ordered: false,
        writeConcern: { w: 'majority', journal: true },
      });
      shown = batch.at(-1)?.position.commit ?? shown;
      progress.emit('shown');
    }
    writing = false;
  };
  client
    .subscribeToAll({ filter: streamNameFilter({ prefixes: [`${prefix}-`] }) })
    .on('data', ({ event }) => {
      if (event) waiting.push(event);
      void write();
    });

  const server = fastify();
  server.post<{ Body: { name: string } }>('/', async ({ body }) => {
    const { position, nextExpectedRevision } = await client.appendToStream(`${prefix}-${body.name}`, [
      storedEvent(body),
    ]);
    return { revision: String(nextExpectedRevision), position: String(position?.commit) };
  });
  server.get<{ Params: { position: string } }>('/shown/:position', async ({ params }) => {
    while (shown < BigInt(params.position)) await once(progress, 'shown');
    return {};
  });
  return { url: await server.listen({ host: '127.0.0.1', port: 0 }) };
});
