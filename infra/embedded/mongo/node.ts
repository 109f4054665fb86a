import { createServer, type Server, type Socket } from 'node:net';
import { dispatch } from './commands/dispatch.js';
import { type Engine, openEngine } from './engine.js';
import { Connection } from './wire/connection.js';

export interface MongoNodeOptions {
  /** The folder of the LMDB environment; created when it is not there. */
  readonly directory: string;
  /** Anything but loopback is refused unless `allowNonLoopback` says otherwise: there is no authentication. */
  readonly host?: string;
  readonly allowNonLoopback?: boolean;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** How long a commit may take before the process is given up. */
  readonly commitTimeoutMs?: number;
  /** Called when the store can no longer be trusted to answer; by default the process ends itself hard. */
  readonly onFatal?: (reason: Error) => void;
}

export interface MongoNode {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = '127.0.0.1';
const COMMIT_TIMEOUT_MS = 5000;

/** The node has no authentication, so it listens where only this machine reaches it. */
export class NonLoopbackHostError extends Error {
  constructor(host: string) {
    super(
      `the embedded MongoDB node listens on loopback only, not on ${host}; allowNonLoopback overrides this`,
    );
    this.name = 'NonLoopbackHostError';
  }
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** `process.exit` may hang behind a stuck commit, so only the hard way is sure. */
function killProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Starts a MongoDB-compatible node for development and tests: durable, on loopback, in this process. */
export async function startMongoNode(options: MongoNodeOptions): Promise<MongoNode> {
  const host = options.host ?? LOOPBACK;
  if (!isLoopback(host) && options.allowNonLoopback !== true) throw new NonLoopbackHostError(host);
  const engine = await openEngine({
    directory: options.directory,
    commitTimeoutMs: options.commitTimeoutMs ?? COMMIT_TIMEOUT_MS,
    onFatal: options.onFatal ?? killProcess,
  });
  const sockets = new Set<Socket>();
  const inFlight = new Set<Promise<Buffer>>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    serve(socket, engine, inFlight);
  });
  let port: number;
  try {
    port = await listen(server, options.port ?? 0, host);
  } catch (error) {
    await engine.close();
    throw error;
  }
  const shownHost = host.includes(':') ? `[${host}]` : host;
  let closing: Promise<void> | undefined;
  return {
    port,
    url: `mongodb://${shownHost}:${port}/?directConnection=true`,
    close: () => (closing ??= closeAll(server, sockets, inFlight, engine)),
  };
}

function serve(socket: Socket, engine: Engine, inFlight: Set<Promise<Buffer>>): void {
  const client = {
    id: engine.connections.opened(),
    peer: `${socket.remoteAddress ?? ''}:${socket.remotePort ?? 0}`,
  };
  socket.once('close', () => {
    engine.connections.closed();
  });
  new Connection(socket, async (request) => {
    const answer = dispatch(request, engine, client);
    inFlight.add(answer);
    try {
      return await answer;
    } finally {
      inFlight.delete(answer);
    }
  });
}

/** Hangs up first, then lets what was begun come to its end: nothing may read a closed store. */
async function closeAll(
  server: Server,
  sockets: ReadonlySet<Socket>,
  inFlight: ReadonlySet<Promise<Buffer>>,
  engine: Engine,
): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  for (const socket of sockets) socket.destroy();
  await closed;
  await Promise.allSettled(inFlight);
  await engine.close();
}
