import { type Endpoint } from '../gossip-service.js';
import { type Groups } from '../persistent/groups.js';
import { SERVER_VERSION } from '../server-features-service.js';
import { type Store } from '../store/store.js';

/** What the page shows is taken from here. */
export interface NodeFacts {
  readonly store: Store;
  readonly groups: Groups;
  /** The end of the log, as a position. */
  readonly end: () => number;
  /** In milliseconds since 1970. */
  readonly startedAt: number;
  readonly endpoint: () => Endpoint;
}

export interface Stats {
  readonly events: number;
  /** System and metadata streams are among them. */
  readonly streams: number;
  readonly persistentSubscriptions: number;
  readonly storeBytes: number;
  readonly freeDiskBytes: number;
  readonly end: number;
  readonly startedAt: string;
}

export function statsOf({ store, groups, end, startedAt }: NodeFacts): Stats {
  return {
    events: store.countEvents(),
    streams: store.countStreams(),
    persistentSubscriptions: groups.all.length,
    storeBytes: store.fileBytes(),
    freeDiskBytes: store.freeBytes(),
    end: end(),
    startedAt: new Date(startedAt).toISOString(),
  };
}

/** Laid out as the server's `/info`. */
export function info(): object {
  return {
    esVersion: SERVER_VERSION,
    state: 'leader',
    features: { projections: false, userManagement: false, atomPub: false },
    authentication: { type: 'insecure', properties: {} },
  };
}

/** Laid out as the server's `/gossip`. */
export function gossip({ endpoint }: NodeFacts): object {
  const { host, port } = endpoint();
  const member = { state: 'Leader', isAlive: true, httpEndPointIp: host, httpEndPointPort: port };
  return { members: [{ ...member, timeStamp: new Date().toISOString() }], serverIp: host, serverPort: port };
}
