import { EventStoreDBClient, excludeSystemEvents, START } from '@eventstore/db-client';
import { MongoClient } from 'mongodb';
import { answerMessages } from '../kit/child-program.js';
import { isDeposited } from './deposited.js';
import type { Urls } from './stores.js';

export interface NaiveRequest {
  readonly kind: 'project' | 'read';
  readonly urls: Urls;
  readonly database: string;
  /** So many events from the beginning. */
  readonly events: number;
}

export interface NaiveReply {
  readonly seconds: number;
  readonly events: number;
}

/** What one would write by hand with the official clients: no batch, no checkpoint, no guard. */
answerMessages(async (request: NaiveRequest): Promise<NaiveReply> => {
  const eventStore = EventStoreDBClient.connectionString(request.urls.eventStoreUrl);
  const started = performance.now();
  const events = await (request.kind === 'read' ? read(eventStore, request) : project(eventStore, request));
  const seconds = (performance.now() - started) / 1000;
  await eventStore.dispose();
  return { seconds, events };
});

/** The log from its beginning, read and parsed, and nothing done with it. */
async function read(eventStore: EventStoreDBClient, { events }: NaiveRequest): Promise<number> {
  let found = 0;
  for await (const { event } of eventStore.readAll({ fromPosition: START }))
    if (event && isDeposited(event) && ++found === events) break;
  return found;
}

/** One update for each event of a subscription. */
async function project(
  eventStore: EventStoreDBClient,
  { urls, database, events }: NaiveRequest,
): Promise<number> {
  const mongo = new MongoClient(urls.mongoUrl);
  const documents = mongo.db(database).collection<{ _id: string }>('naive');
  const subscription = eventStore.subscribeToAll({ fromPosition: START, filter: excludeSystemEvents() });
  let handled = 0;
  for await (const { event } of subscription) {
    if (!event || !isDeposited(event)) continue;
    const { account, amount, reference } = event.data;
    await documents.updateOne(
      { _id: account },
      { $inc: { balance: amount, deposits: 1 }, $set: { account, reference } },
      { upsert: true },
    );
    if (++handled === events) break;
  }
  await subscription.unsubscribe();
  await mongo.close();
  return handled;
}
