import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { EventCodec } from '../../infra/eventstore/event-codec.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { MongoReadModelStore } from '../../infra/mongo/mongo-read-model-store.js';
import type { Configuration } from '../config/configuration.js';
import { newCodec, type StoreUrls } from '../config/platform.js';
import { Misuse } from './exit-codes.js';
import { openEmbeddedNodes } from '../standalone/embedded-nodes.js';
import { needsEmbeddedNodes } from '../standalone/node-ports.js';
import { readRunFile } from '../standalone/run-file.js';

export interface Stores {
  readonly urls: StoreUrls;
  readonly log: EventStoreDbEventLog;
  readonly store: MongoReadModelStore;
  readonly codec: EventCodec;
}

/**
 * Lends a command the stores: those of the running platform, or else the data directory itself.
 *
 * @throws DirectoryInUse when the directory stays locked for 10 s
 * @throws Misuse when there is nothing in it
 */
export async function withStores<Result>(
  configuration: Configuration,
  work: (stores: Stores) => Promise<Result>,
): Promise<Result> {
  const running = readRunFile(configuration.dataDirectory);
  if (running) return withUrls(configuration, running, work);
  if (!needsEmbeddedNodes(configuration))
    return withUrls(
      configuration,
      { eventStoreUrl: configuration.eventStoreUrl ?? '', mongoUrl: configuration.mongoUrl ?? '' },
      work,
    );
  // A slip in the path must not give an empty store that holds.
  if (!existsSync(join(configuration.dataDirectory, 'eventstore')))
    throw new Misuse(
      `there is no Axion in ${configuration.dataDirectory}: name its data directory with --data`,
    );
  const nodes = await openEmbeddedNodes(configuration);
  try {
    return await withUrls(configuration, nodes.urls, work);
  } finally {
    await nodes.close();
  }
}

export async function withUrls<Result>(
  configuration: Configuration,
  { eventStoreUrl, mongoUrl }: StoreUrls,
  work: (stores: Stores) => Promise<Result>,
): Promise<Result> {
  const log = new EventStoreDbEventLog(eventStoreUrl);
  const store = new MongoReadModelStore(mongoUrl, configuration.mongoDatabase);
  try {
    return await work({ urls: { eventStoreUrl, mongoUrl }, log, store, codec: newCodec(configuration) });
  } finally {
    await log.close();
    await store.close();
  }
}
