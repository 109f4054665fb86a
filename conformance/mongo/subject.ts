import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collection, type Db, MongoClient } from 'mongodb';
import { startMongoNode } from '../../infra/embedded/mongo/node.js';
import { type ConformanceCase, describeCases, type ServerUnderTest } from '../kit/conformance-case.js';

/** What one case works with: a collection that nobody has used, in a database that only the suite uses. */
export interface MongoSubject {
  readonly client: MongoClient;
  readonly database: Db;
  readonly things: Collection;
}

export type MongoCase = ConformanceCase<MongoSubject>;

interface Target {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** The server of `MONGO_URL`, or an embedded node with a folder of its own. */
async function openTarget(): Promise<Target> {
  const url = process.env['MONGO_URL'];
  if (url !== undefined && url !== '') return { url, stop: () => Promise.resolve() };
  const directory = await mkdtemp(join(tmpdir(), 'axion-conformance-'));
  const node = await startMongoNode({ directory });
  return {
    url: node.url,
    stop: async () => {
      await node.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function startServer(): Promise<ServerUnderTest<MongoSubject>> {
  const target = await openTarget();
  const client = await MongoClient.connect(target.url);
  const database = client.db(`conformance_${randomBytes(8).toString('hex')}`);
  let collections = 0;
  return {
    subject: () => {
      collections += 1;
      return { client, database, things: database.collection(`things${collections}`) };
    },
    stop: async () => {
      await database.dropDatabase();
      await client.close();
      await target.stop();
    },
  };
}

export function describeMongo(title: string, ...tables: readonly (readonly MongoCase[])[]): void {
  describeCases(`MongoDB: ${title}`, startServer, tables.flat());
}
