import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { checkWhole } from './store/start-check.js';
import { Store } from './store/store.js';
import { collect, event, startTestNode, temporaryDirectory } from './testing.js';

const BUILT = resolve('dist/infra/embedded/eventstore/node.js');
const ROUNDS = 4;
const WRITERS = 16;
const ACKNOWLEDGED_BEFORE_KILL = 150;

/** A node in a process of its own, which says where it listens. */
async function startChild(script: string, directory: string): Promise<{ child: ChildProcess; url: string }> {
  const child = fork(script, [directory], { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [url] = (await once(child, 'message')) as [string];
  return { child, url };
}

test('a node that is killed while writing keeps what it acknowledged, and its tables agree', async () => {
  expect(existsSync(BUILT) || 'dist is not built: run npm run build').toBe(true);
  const directory = temporaryDirectory();
  const script = join(directory, 'node.mjs');
  const data = join(directory, 'data');
  writeFileSync(
    script,
    `import { startEventStoreNode } from ${JSON.stringify(pathToFileURL(BUILT).href)};
     const node = await startEventStoreNode({ directory: process.argv[2] });
     process.send(node.url);`,
  );
  const acknowledged = new Map<string, { stream: string; revision: bigint }>();
  for (let round = 0; round < ROUNDS; round++) {
    const { child, url } = await startChild(script, data);
    const client = EventStoreDBClient.connectionString(url);
    const ended = once(child, 'exit');
    let count = 0;
    await Promise.all(
      Array.from({ length: WRITERS }, async (_, writer) => {
        for (;;) {
          const stream = `stream-${writer}-${count % 7}`;
          const events = [event(), event()];
          try {
            const result = await client.appendToStream(stream, events);
            acknowledged.set(events[1]!.id, { stream, revision: result.nextExpectedRevision });
          } catch {
            return;
          }
          if (++count === ACKNOWLEDGED_BEFORE_KILL) child.kill('SIGKILL');
        }
      }),
    );
    await ended;
    await client.dispose();
    const store = new Store(data);
    expect(checkWhole(store)).toEqual([]);
    await store.close();
  }

  const server = await startTestNode({ directory: data });
  const stored = new Map<string, { stream: string; revision: bigint }>();
  for (const { event: recorded } of await collect(server.client.readAll())) {
    if (recorded) stored.set(recorded.id, { stream: recorded.streamId, revision: recorded.revision });
  }
  expect(acknowledged.size).toBeGreaterThanOrEqual(ROUNDS * ACKNOWLEDGED_BEFORE_KILL);
  for (const [id, place] of acknowledged) expect(stored.get(id)).toEqual(place);
  await server.stop();
  rmSync(directory, { recursive: true, force: true });
});
