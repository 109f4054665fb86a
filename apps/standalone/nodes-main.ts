import type { Configuration } from '../config/configuration.js';
import type { StoreUrls } from '../config/platform.js';
import { serveAsChild } from './child.js';
import { openEmbeddedNodes, type NodePorts } from './embedded-nodes.js';

export interface NodesStart {
  readonly configuration: Configuration;
  readonly ports: NodePorts;
}

export interface NodesReady {
  readonly ports: NodePorts;
  readonly urls: StoreUrls;
}

serveAsChild<NodesReady>(async ({ configuration, ports }: NodesStart) => {
  const nodes = await openEmbeddedNodes(configuration, ports);
  return { ready: { ports: nodes.ports, urls: nodes.urls }, stop: () => nodes.close() };
});
