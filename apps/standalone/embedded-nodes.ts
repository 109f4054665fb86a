import { join } from 'node:path';
import { startEventStoreNode, type EventStoreNode } from '../../infra/embedded/eventstore/node.js';
import { startMongoNode, type MongoNode } from '../../infra/embedded/mongo/node.js';
import { lockDirectory } from '../../infra/system/directory-lock.js';
import type { Configuration } from '../config/configuration.js';
import type { StoreUrls } from '../config/platform.js';
import { anyPorts, type NodePorts } from './node-ports.js';

export interface EmbeddedNodes {
  readonly ports: NodePorts;
  readonly urls: StoreUrls;
  readonly eventStorePageUrl: string | undefined;
  close(): Promise<void>;
}

/** Starts the nodes that no URL replaces, on the data directory, which is locked meanwhile. */
export async function openEmbeddedNodes(
  configuration: Configuration,
  ports = anyPorts,
): Promise<EmbeddedNodes> {
  const { dataDirectory, eventStoreUrl, mongoUrl, eventStoreNode } = configuration;
  const lock = await lockDirectory(dataDirectory);
  let eventStore: EventStoreNode | undefined;
  let mongo: MongoNode | undefined;
  if (eventStoreUrl === undefined)
    eventStore = await startEventStoreNode({
      directory: join(dataDirectory, 'eventstore'),
      port: ports.eventStore,
      pagePort: ports.eventStorePage,
      ...eventStoreNode.limits,
    });
  if (mongoUrl === undefined)
    mongo = await startMongoNode({ directory: join(dataDirectory, 'mongo'), port: ports.mongo });
  return {
    ports: {
      eventStore: eventStore?.port ?? 0,
      mongo: mongo?.port ?? 0,
      eventStorePage:
        eventStore?.pageUrl === undefined ? undefined : Number(new URL(eventStore.pageUrl).port),
    },
    eventStorePageUrl: eventStore?.pageUrl,
    urls: { eventStoreUrl: eventStoreUrl ?? eventStore?.url ?? '', mongoUrl: mongoUrl ?? mongo?.url ?? '' },
    close: async () => {
      await Promise.all([eventStore?.close(), mongo?.close()]);
      lock.release();
    },
  };
}
