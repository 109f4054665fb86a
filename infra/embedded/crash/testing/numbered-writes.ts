import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { MongoClient } from 'mongodb';
import type { NodeKind } from '../node-process.js';

/** Writes numbers through an official client and reads them back, the same way for either node. */
export interface NumberedWrites {
  write(number: number): Promise<void>;
  /** Every number that is stored, in ascending order, as often as it is stored. */
  read(): Promise<number[]>;
  close(): Promise<void>;
}

const PADDING = 'x'.repeat(4000);
const STREAMS = 5;

export async function numberedWrites(kind: NodeKind, url: string): Promise<NumberedWrites> {
  return kind === 'mongo' ? throughMongo(url) : throughEventStore(url);
}

async function throughMongo(url: string): Promise<NumberedWrites> {
  const client = await MongoClient.connect(url, { serverSelectionTimeoutMS: 1000 });
  const things = client.db('faults').collection<{ _id: number; group: number; padding: string }>('things');
  return {
    write: async (number) => {
      await things.insertOne({ _id: number, group: number % STREAMS, padding: PADDING });
    },
    read: async () => {
      const found = await things.find().toArray();
      return found.map(({ _id }) => _id).sort((one, other) => one - other);
    },
    close: () => client.close(),
  };
}

function throughEventStore(url: string): NumberedWrites {
  const client = EventStoreDBClient.connectionString(url);
  return {
    write: async (number) => {
      const written = jsonEvent({ type: 'Numbered', data: { number, padding: PADDING } });
      await client.appendToStream(`numbers-${number % STREAMS}`, written);
    },
    read: async () => {
      const numbers: number[] = [];
      for await (const { event } of client.readAll())
        if (event?.type === 'Numbered') numbers.push((event.data as { number: number }).number);
      return numbers.sort((one, other) => one - other);
    },
    close: () => client.dispose(),
  };
}
