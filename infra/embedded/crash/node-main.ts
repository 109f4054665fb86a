import { startEventStoreNode } from '../eventstore/node.js';
import { startMongoNode } from '../mongo/node.js';

/** What a node says on standard output once it listens. */
export interface Listening {
  readonly processId: number;
  readonly port: number;
  readonly url: string;
}

/**
 * One embedded node in a process of its own: `node-main.js <eventstore|mongo> <directory> [port]`. It ends hard with
 * the pipe on its standard input, so it never outlives its parent, and in order on SIGTERM.
 */
const [, , kind, directory = '', port = '0'] = process.argv;
process.stdin.on('close', () => process.kill(process.pid, 'SIGKILL')).resume();
try {
  const options = { directory, port: Number(port) };
  const node = kind === 'mongo' ? await startMongoNode(options) : await startEventStoreNode(options);
  process.once('SIGTERM', () => void node.close().then(() => process.exit(0)));
  const listening: Listening = { processId: process.pid, port: node.port, url: node.url };
  process.stdout.write(`${JSON.stringify(listening)}\n`);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
