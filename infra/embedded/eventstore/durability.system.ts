import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EventStoreDBClient } from '@eventstore/db-client';
import { event, temporaryDirectory } from './testing.js';

const BUILT = resolve('dist/infra/embedded/eventstore/node.js');
const APPENDS = 30;

/** The node prints where it listens and ends when its input does. */
function startTraced(directory: string, trace: string): ChildProcess {
  const script = join(directory, 'node.mjs');
  writeFileSync(
    script,
    `import { startEventStoreNode } from ${JSON.stringify(pathToFileURL(BUILT).href)};
     const node = await startEventStoreNode({ directory: process.argv[2] });
     console.log(node.url);
     process.stdin.on('end', () => void node.close().then(() => process.exit())).resume();`,
  );
  const calls = 'trace=fdatasync,write,writev,openat';
  return spawn(
    'strace',
    ['-f', '-s', '400', '-e', calls, '-o', trace, process.execPath, script, join(directory, 'data')],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
}

test('every answer leaves after the data it acknowledges was synced', async () => {
  const directory = temporaryDirectory();
  const trace = join(directory, 'trace');
  const child = startTraced(directory, trace);
  const ended = once(child, 'exit');
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  const client = EventStoreDBClient.connectionString(line.toString().trim());
  // One after the other, so that each answer has a commit of its own.
  const streams = Array.from({ length: APPENDS }, (_, index) => `acknowledged-${index}`);
  for (const stream of streams) await client.appendToStream(stream, event());
  await client.dispose();
  child.stdin!.end();
  await ended;

  const calls = readFileSync(trace, 'latin1').split('\n');
  // The page that makes a commit valid is written through a descriptor that syncs every write.
  expect(calls.filter((call) => /data\.mdb.*O_DSYNC/.test(call))).not.toEqual([]);
  let synced = 0;
  let answered = 0;
  let first: number | undefined;
  for (const call of calls) {
    if (/fdatasync\(\d+\) += 0|fdatasync resumed.*= 0/.test(call)) synced++;
    else if (
      /writev?\(/.test(call) &&
      call.includes(`acknowledged-${answered}`) &&
      !call.includes('Happened')
    ) {
      first ??= synced;
      expect(synced).toBeGreaterThanOrEqual(first + answered);
      answered++;
    }
  }
  expect(answered).toBe(APPENDS);
  rmSync(directory, { recursive: true, force: true });
});
