import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { END, EventStoreDBClient } from '@eventstore/db-client';
import { checkWhole } from '../store/start-check.js';
import { Store } from '../store/store.js';
import { type TestNode, collect, event, freshStream, startTestNode, temporaryDirectory } from '../testing.js';
import { Subscriber, acknowledge, allSettings, eventually, settings } from './testing.js';

const group = 'group';
let directory: string;
let server: TestNode | undefined;

beforeEach(async () => {
  directory = temporaryDirectory();
  server = await startTestNode({ directory });
});
afterEach(async () => {
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

async function startAgain(): Promise<TestNode> {
  await server?.stop();
  server = await startTestNode({ directory });
  return server;
}

function append(node: TestNode, stream: string, ...types: string[]) {
  return node.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
}

test('a group goes on behind its checkpoint after a restart, with what was not answered', async () => {
  const stream = freshStream();
  await append(server!, stream, 'a', 'b', 'c', 'd');
  const eager = settings({ checkPointUpperBound: 1, maxRetryCount: 4 });
  await server!.client.createPersistentSubscriptionToStream(stream, group, eager);
  const before = Subscriber.toStream(server!.client, stream, group, (given, self) =>
    given.type === 'c' ? undefined : self.ack(given),
  );
  await before.untilGiven(4);
  await eventually(
    () => server!.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.lastCheckpointedEventRevision === 1n && stats.outstandingMessagesCount === 1,
  );
  const { client } = await startAgain();
  const info = await client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(info.settings).toEqual(eager);
  expect(info.stats).toMatchObject({ lastCheckpointedEventRevision: 1n });
  const after = Subscriber.toStream(client, stream, group, acknowledge);
  await after.untilGiven(2);
  expect(after.types).toEqual(['c', 'd']);
  await after.leave();
});

test('checkpoints are kept in a stream of the group, two at most', async () => {
  const stream = freshStream();
  const eager = settings({ checkPointUpperBound: 1 });
  await server!.client.createPersistentSubscriptionToStream(stream, group, eager);
  const subscriber = Subscriber.toStream(server!.client, stream, group, acknowledge);
  for (const type of ['a', 'b', 'c', 'd']) {
    await append(server!, stream, type);
    const revision = BigInt('abcd'.indexOf(type));
    await eventually(
      () => server!.client.getPersistentSubscriptionToStreamInfo(stream, group),
      ({ stats }) => stats.lastCheckpointedEventRevision === revision,
    );
  }
  const checkpoints = await collect(
    server!.client.readStream(`$persistentsubscription-${stream}::${group}-checkpoint`),
  );
  expect(checkpoints.map(({ event: recorded }) => recorded?.data)).toEqual(['2', '3']);
  expect(checkpoints[0]?.event?.type).toBe('$SubscriptionCheckpoint');
  await subscriber.leave();
});

test('the clock writes a checkpoint once as many are answered as the lower bound says', async () => {
  const stream = freshStream();
  await append(server!, stream, 'a', 'b');
  const bounds = settings({ checkPointLowerBound: 2, checkPointAfter: 10 });
  await server!.client.createPersistentSubscriptionToStream(stream, group, bounds);
  const subscriber = Subscriber.toStream(server!.client, stream, group, acknowledge);
  const { stats } = await eventually(
    () => server!.client.getPersistentSubscriptionToStreamInfo(stream, group),
    (info) => info.stats.lastCheckpointedEventRevision !== undefined,
  );
  expect(stats.lastCheckpointedEventRevision).toBe(1n);
  await subscriber.leave();
});

test('a group that begins at the end still has, after a restart, what came before its first checkpoint', async () => {
  const stream = freshStream();
  await append(server!, stream, 'before');
  await server!.client.createPersistentSubscriptionToStream(stream, group, settings({ startFrom: END }));
  await server!.client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: END }));
  await append(server!, stream, 'after');
  const { client } = await startAgain();
  const onStream = Subscriber.toStream(client, stream, group, acknowledge);
  const onAll = new Subscriber(client.subscribeToPersistentSubscriptionToAll(group), acknowledge);
  await onStream.untilGiven(1);
  await onAll.until(({ types }) => types.includes('after'));
  expect(onStream.types).toEqual(['after']);
  expect(onAll.types).not.toContain('before');
  await Promise.all([onStream.leave(), onAll.leave()]);
});

test('parked events are still parked after a restart, and those that were replayed and not answered', async () => {
  const stream = freshStream();
  await append(server!, stream, 'a', 'b');
  await server!.client.createPersistentSubscriptionToStream(stream, group, settings());
  const parking = Subscriber.toStream(server!.client, stream, group, (given, self) =>
    given.resolved.link ? undefined : self.nack('park', given),
  );
  await eventually(
    () => server!.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.parkedMessageCount === 2n,
  );
  await server!.client.replayParkedMessagesToStream(stream, group);
  await parking.untilGiven(4);
  const { client } = await startAgain();
  const info = await client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(info.stats.parkedMessageCount).toBe(2n);
});

test('a deleted group is gone after a restart, and nobody else is', async () => {
  const stream = freshStream();
  await server!.client.createPersistentSubscriptionToStream(stream, 'kept', settings());
  await server!.client.createPersistentSubscriptionToStream(stream, 'deleted', settings());
  await server!.client.deletePersistentSubscriptionToStream(stream, 'deleted');
  const { client } = await startAgain();
  const listed = await client.listAllPersistentSubscriptions();
  expect(listed.map(({ groupName }) => groupName)).toEqual(['kept']);
});

test('what somebody else writes where the groups are kept does not hinder the start', async () => {
  const stream = freshStream();
  await server!.client.createPersistentSubscriptionToStream(stream, group, settings());
  await server!.client.appendToStream('$persistentSubscriptionConfig', event('nonsense'));
  const { client } = await startAgain();
  expect(await client.listAllPersistentSubscriptions()).toEqual([]);
  await client.createPersistentSubscriptionToStream(stream, group, settings());
});

test('restarting the subsystem keeps groups and checkpoints', async () => {
  const stream = freshStream();
  await append(server!, stream, 'a', 'b');
  await server!.client.createPersistentSubscriptionToStream(
    stream,
    group,
    settings({ checkPointUpperBound: 1 }),
  );
  const subscriber = Subscriber.toStream(server!.client, stream, group, acknowledge);
  await eventually(
    () => server!.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.lastCheckpointedEventRevision === 1n,
  );
  await server!.client.restartPersistentSubscriptionSubsystem();
  await append(server!, stream, 'c');
  const again = Subscriber.toStream(server!.client, stream, group, acknowledge);
  await again.untilGiven(1);
  expect(again.types).toEqual(['c']);
  expect(subscriber.errors).toEqual(['persistent-subscription-dropped']);
  await again.leave();
});

test('an event that cannot be parked, because the disk is full, is given again', async () => {
  const stream = freshStream();
  await append(server!, stream, 'a');
  await server!.client.createPersistentSubscriptionToStream(stream, group, settings());
  await server!.stop();
  server = await startTestNode({ directory, reservedDiskBytes: Number.MAX_SAFE_INTEGER });
  const subscriber = Subscriber.toStream(server.client, stream, group, (given, self) =>
    self.nack('park', given),
  );
  await subscriber.untilGiven(2);
  expect(subscriber.given).toMatchObject([
    { type: 'a', retryCount: 0 },
    { type: 'a', retryCount: 0 },
  ]);
  await subscriber.leave();
});

const BUILT = resolve('dist/infra/embedded/eventstore/node.js');
const EVENTS = 300;
const ROUNDS = 4;

test('a node that is killed at work loses no event that nobody has answered', async () => {
  expect(existsSync(BUILT) || 'dist is not built: run npm run build').toBe(true);
  const data = join(directory, 'killed');
  const script = join(directory, 'node.mjs');
  writeFileSync(
    script,
    `import { startEventStoreNode } from ${JSON.stringify(pathToFileURL(BUILT).href)};
     const node = await startEventStoreNode({ directory: process.argv[2] });
     process.send(node.url);`,
  );
  const stream = freshStream();
  const ids = Array.from({ length: EVENTS }, () => event('Work'));
  const answered = new Set<string>();
  for (let round = 0; round < ROUNDS; round++) {
    const child: ChildProcess = fork(script, [data], {
      execArgv: [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const [url] = (await once(child, 'message')) as [string];
    const ended = once(child, 'exit');
    const client = EventStoreDBClient.connectionString(url);
    if (round === 0) {
      const eager = settings({ startFrom: END, checkPointUpperBound: 5 });
      await client.createPersistentSubscriptionToStream(stream, group, eager);
      await client.appendToStream(stream, ids);
    }
    const before = answered.size;
    const subscriber = Subscriber.toStream(client, stream, group, async (given, self) => {
      const { id } = (given.resolved.link ?? given.resolved.event)!;
      // Every third is parked; it counts as answered when it is found in the parked stream at the end.
      const isParked = given.resolved.event!.revision % 3n === 0n;
      if (isParked) await self.nack('park', given).catch(() => {});
      else {
        answered.add(id);
        await self.ack(given).catch(() => {});
      }
      if (answered.size === before + 40) child.kill('SIGKILL');
    });
    await subscriber.until(({ errors }) => errors.length > 0);
    await ended;
    await client.dispose();
    const store = new Store(data);
    expect(checkWhole(store)).toEqual([]);
    await store.close();
  }

  const last = await startTestNode({ directory: data });
  const rest = Subscriber.toStream(last.client, stream, group, acknowledge);
  await eventually(
    () => last.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) =>
      stats.lastKnownEventRevision === BigInt(EVENTS - 1) &&
      stats.outstandingMessagesCount === 0 &&
      stats.readBufferCount === 0 &&
      stats.retryBufferCount === 0,
  );
  // The checkpoints held: not everything came again.
  expect(rest.given.length).toBeLessThan(EVENTS / 2);
  for (const { resolved } of rest.given) answered.add(resolved.event?.id ?? '');
  const parked = `$persistentsubscription-${stream}::${group}-parked`;
  for (const { event: found } of await collect(last.client.readStream(parked, { resolveLinkTos: true }))) {
    answered.add(found?.id ?? '');
  }
  expect(ids.filter(({ id }) => !answered.has(id))).toEqual([]);
  await last.stop();
});
