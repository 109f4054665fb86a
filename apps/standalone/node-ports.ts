import type { Configuration } from '../config/configuration.js';

/** Where the embedded nodes listen. */
export interface NodePorts {
  readonly eventStore: number;
  readonly mongo: number;
  /** Of the event store's page for people. Undefined: there is none. */
  readonly eventStorePage: number | undefined;
}

/** Ports that the system picks; no page. */
export const anyPorts: NodePorts = { eventStore: 0, mongo: 0, eventStorePage: undefined };

/** Whether the settings leave a store to an embedded node. */
export function needsEmbeddedNodes({ eventStoreUrl, mongoUrl }: Configuration): boolean {
  return eventStoreUrl === undefined || mongoUrl === undefined;
}
