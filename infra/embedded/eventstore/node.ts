import { mkdirSync } from 'node:fs';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { Announcements } from './announcements.js';
import { gossipDefinition, gossipService } from './gossip-service.js';
import { requireLoopback, urlHost } from './loopback.js';
import { writeFirstEvent } from './first-event.js';
import { serverFeaturesDefinition, serverFeaturesService } from './server-features-service.js';
import { CommitDeadline, endProcess } from './store/commit-deadline.js';
import { FolderLock } from './store/folder-lock.js';
import { NewestRecords } from './store/newest-records.js';
import { type Recovered, checkNewest } from './store/start-check.js';
import { Store } from './store/store.js';
import { Writer } from './store/writer.js';
import { streamsDefinition, streamsService } from './streams-service.js';

export interface EventStoreNodeOptions {
  readonly directory: string;
  /** 127.0.0.1 unless told; anything but loopback is refused without `allowNonLoopback`. */
  readonly host?: string;
  readonly allowNonLoopback?: boolean;
  /** 0, which is the default, takes any free port. */
  readonly port?: number;
  /** How many bytes of data one append may hold; 1 MiB unless told. */
  readonly maxAppendSize?: number;
  /** How long a commit may take before the process is ended; 5 s unless told. */
  readonly commitTimeoutMs?: number;
  /** Called when the store no longer answers; it ends the process with SIGKILL unless told otherwise. */
  readonly onFatal?: (reason: Error) => void;
}

export interface EventStoreNode {
  readonly port: number;
  readonly url: string;
  readonly recovered: Recovered;
  close(): Promise<void>;
}

const MEBIBYTE = 1024 * 1024;
const LARGEST_REQUEST = 16 * MEBIBYTE;

/** Starts a node that speaks EventStoreDB's protocol and keeps everything in one folder. */
export async function startEventStoreNode(options: EventStoreNodeOptions): Promise<EventStoreNode> {
  const host = options.host ?? '127.0.0.1';
  requireLoopback(host, options.allowNonLoopback ?? false);
  mkdirSync(options.directory, { recursive: true });
  const lock = await FolderLock.take(options.directory);
  try {
    const store = new Store(options.directory);
    try {
      return await serve(store, lock, host, options);
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
  options: EventStoreNodeOptions,
): Promise<EventStoreNode> {
  const recovered = checkNewest(store);
  const last = store.lastRecord();
  const newest = new NewestRecords(last?.position ?? -1);
  const announcements = new Announcements();
  const writer = new Writer(
    store,
    { position: last ? last.position + last.bytes.length : FIRST_POSITION, streams: recovered.streams },
    new CommitDeadline(options.commitTimeoutMs ?? 5000, options.onFatal ?? endProcess),
    (records) => {
      newest.add(records);
      announcements.announce(records);
    },
  );
  if (!last) await writeFirstEvent(writer);

  const server = new Server({
    'grpc.max_receive_message_length': LARGEST_REQUEST,
    'grpc.max_send_message_length': -1,
  });
  const origin = { store, newest, announcements, end: (): number => writer.end };
  let port = 0;
  server.addService(
    streamsDefinition,
    streamsService({ origin, writer, maxAppendSize: options.maxAppendSize ?? MEBIBYTE }),
  );
  server.addService(serverFeaturesDefinition, serverFeaturesService());
  server.addService(
    gossipDefinition,
    gossipService(() => ({ host, port })),
  );
  port = await listen(server, `${urlHost(host)}:${options.port ?? 0}`);

  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await writer.close();
    // The last answers are written in this turn; they leave before the connections do.
    await new Promise((resolve) => setImmediate(resolve));
    server.forceShutdown();
    await store.close();
    await lock.release();
  };
  return {
    port,
    url: `esdb://${urlHost(host)}:${port}?tls=false`,
    recovered,
    close: () => (closing ??= close()),
  };
}

/** Position zero is left free: it means "from the start". */
const FIRST_POSITION = 64;

function listen(server: Server, address: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(address, ServerCredentials.createInsecure(), (error, port) => {
      if (error) reject(error);
      else resolve(port);
    });
  });
}
