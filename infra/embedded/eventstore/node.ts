import { mkdirSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Announcements } from './announcements.js';
import { gossipDefinition, gossipService } from './gossip-service.js';
import { type AskedLimits, type NodeLimits, requireLimits } from './limits.js';
import { requireLoopback, urlHost } from './loopback.js';
import { writeFirstEvent } from './first-event.js';
import { type Page, startPage } from './page/page.js';
import { Groups } from './persistent/groups.js';
import { persistentSubscriptionsDefinition, persistentSubscriptionsService } from './persistent/service.js';
import { serverFeaturesDefinition, serverFeaturesService } from './server-features-service.js';
import { CommitDeadline, endProcess } from './store/commit-deadline.js';
import { FolderLock } from './store/folder-lock.js';
import { NewestRecords } from './store/newest-records.js';
import { type Recovered, checkNewest } from './store/start-check.js';
import { Store } from './store/store.js';
import { Writer } from './store/writer.js';
import { streamsDefinition, streamsService } from './streams-service.js';

/** Limits that are not given are as `DEFAULT_LIMITS` says. */
export interface EventStoreNodeOptions extends AskedLimits {
  readonly directory: string;
  /** 127.0.0.1 unless told; anything but loopback is refused without `allowNonLoopback`. */
  readonly host?: string;
  readonly allowNonLoopback?: boolean;
  /** 0, which is the default, takes any free port. */
  readonly port?: number;
  /** The port of the read-only page for people, on 127.0.0.1; 0 takes any free one. Without it there is no page. */
  readonly pagePort?: number | undefined;
  /** Called when the store no longer answers; it ends the process with SIGKILL unless told otherwise. */
  readonly onFatal?: (reason: Error) => void;
}

export interface EventStoreNode {
  readonly port: number;
  readonly url: string;
  /** Where the page for people is, when a port was given for it. */
  readonly pageUrl: string | undefined;
  readonly recovered: Recovered;
  close(): Promise<void>;
}

/**
 * Starts a node that speaks EventStoreDB's protocol and keeps everything in one folder.
 *
 * @throws NotLoopback, BadLimits, FolderInUse, NewerFormat or TornStore; the folder is then as it was
 */
export async function startEventStoreNode(options: EventStoreNodeOptions): Promise<EventStoreNode> {
  const host = options.host ?? '127.0.0.1';
  requireLoopback(host, options.allowNonLoopback ?? false);
  const limits = requireLimits(options);
  mkdirSync(options.directory, { recursive: true });
  const lock = await FolderLock.take(options.directory);
  try {
    const store = new Store(options.directory, limits.reservedDiskBytes);
    try {
      return await serve(store, lock, host, limits, options);
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function serve(
  store: Store,
  lock: FolderLock,
  host: string,
  limits: NodeLimits,
  options: EventStoreNodeOptions,
): Promise<EventStoreNode> {
  const recovered = checkNewest(store);
  const last = store.lastRecord();
  const newest = new NewestRecords(last?.position ?? -1);
  const announcements = new Announcements();
  const writer = new Writer(
    store,
    { position: last ? last.position + last.bytes.length : FIRST_POSITION, streams: recovered.streams },
    new CommitDeadline(limits.commitTimeoutMs, options.onFatal ?? endProcess),
    (records) => {
      newest.add(records);
      announcements.announce(records);
    },
  );
  if (!last) await writeFirstEvent(writer);

  const server = new Server({
    'grpc.max_receive_message_length': limits.maxMessageSize,
    'grpc.max_send_message_length': -1,
  });
  const origin = { store, newest, announcements, end: (): number => writer.end };
  let port = 0;
  const groups = new Groups(origin, writer);
  server.addService(
    streamsDefinition,
    streamsService({ origin, writer, maxAppendSize: limits.maxAppendSize }),
  );
  server.addService(persistentSubscriptionsDefinition, persistentSubscriptionsService(groups));
  server.addService(serverFeaturesDefinition, serverFeaturesService());
  server.addService(
    gossipDefinition,
    gossipService(() => ({ host, port })),
  );
  let page: Page | undefined;
  const close = async (): Promise<void> => {
    await page?.close();
    groups.close();
    await writer.close();
    // The last answers are written in this turn; they leave before the connections do.
    await new Promise((resolve) => setImmediate(resolve));
    server.forceShutdown();
    await store.close();
    await lock.release();
  };

  try {
    port = await listen(server, `${urlHost(host)}:${options.port ?? 0}`);
    if (options.pagePort !== undefined) {
      const startedAt = Date.now();
      const facts = { store, groups, end: origin.end, startedAt, endpoint: () => ({ host, port }) };
      page = await startPage(facts, options.pagePort);
    }
  } catch (error) {
    groups.close();
    server.forceShutdown();
    throw error;
  }

  let closing: Promise<void> | undefined;
  return {
    port,
    url: `esdb://${urlHost(host)}:${port}?tls=false`,
    pageUrl: page?.url,
    recovered,
    close: () => (closing ??= close()),
  };
}

/** Position zero is left free: it means "from the start". */
const FIRST_POSITION = 64;

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(withCode(error));
      else resolve(port);
    });
  });
}

/** The library keeps the system's code in its words alone; who starts a node asks for it. */
function withCode(error: Error): Error {
  return error.message.includes('EADDRINUSE') ? Object.assign(error, { code: 'EADDRINUSE' }) : error;
}
