import type { Configuration } from '../config/configuration.js';
import type { StoreUrls } from '../config/platform.js';
import { serveAsChild } from './child.js';
import { openEmbeddedNodes } from './embedded-nodes.js';
import type { NodePorts } from './node-ports.js';

export interface NodesStart {
  readonly configuration: Configuration;
  readonly ports: NodePorts;
}

export interface NodesReady {
  readonly ports: NodePorts;
  readonly urls: StoreUrls;
  readonly eventStorePageUrl: string | undefined;
}

serveAsChild<NodesReady>(async ({ configuration, ports }: NodesStart) => {
  const nodes = await openEmbeddedNodes(configuration, ports);
  const { ports: taken, urls, eventStorePageUrl } = nodes;
  return { ready: { ports: taken, urls, eventStorePageUrl }, stop: () => nodes.close() };
});
