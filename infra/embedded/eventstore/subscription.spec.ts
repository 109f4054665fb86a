import { END } from '@eventstore/db-client';
import { Listener, type TestNode, collect, event, freshStream, startTestNode } from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

async function append(stream: string, ...types: string[]) {
  const result = await server.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
  return result.position!;
}

test('a subscription is confirmed, gets the events, and is told that it has caught up', async () => {
  const stream = freshStream();
  await append(stream, 'a', 'b');
  const listener = new Listener(server.client.subscribeToStream(stream));
  await listener.untilHeard('caughtUp');
  expect(listener.heard[0]).toBe('confirmation');
  await append(stream, 'c');
  await listener.untilHeard('c');
  expect(listener.events).toEqual(['a', 'b', 'c']);
  await listener.leave();
});

test('a subscription to an unknown stream catches up only with its first event', async () => {
  const stream = freshStream();
  const listener = new Listener(server.client.subscribeToStream(stream));
  await listener.untilHeard('confirmation');
  // Another subscription catches up meanwhile, so this one had the time to.
  const other = new Listener(server.client.subscribeToAll({ fromPosition: END }));
  await other.untilHeard('caughtUp');
  expect(listener.heard).toEqual(['confirmation']);
  await append(stream, 'a');
  await listener.untilHeard('caughtUp');
  expect(listener.events).toEqual(['a']);
  await Promise.all([listener.leave(), other.leave()]);
});

test('a subscription begins behind the revision it is given', async () => {
  const stream = freshStream();
  await append(stream, 'a', 'b', 'c');
  const listener = new Listener(server.client.subscribeToStream(stream, { fromRevision: 0n }));
  await listener.untilHeard('caughtUp');
  await listener.untilHeard('c');
  expect(listener.events).toEqual(['b', 'c']);
  await listener.leave();
});

test('a subscription from the end gets only what comes', async () => {
  const stream = freshStream();
  await append(stream, 'a');
  const listener = new Listener(server.client.subscribeToStream(stream, { fromRevision: END }));
  await listener.untilHeard('caughtUp');
  await append(stream, 'b');
  await listener.untilHeard('b');
  expect(listener.events).toEqual(['b']);
  await listener.leave();
});

test('a subscription to $all begins behind the position it is given', async () => {
  const stream = freshStream();
  const position = await append(stream, 'before');
  await append(stream, 'after');
  const listener = new Listener(server.client.subscribeToAll({ fromPosition: position }));
  await listener.untilHeard('after');
  expect(listener.events).toEqual(['after']);
  await listener.leave();
});

test('a subscription to $all from the end gets only what comes', async () => {
  await append(freshStream(), 'before');
  const listener = new Listener(server.client.subscribeToAll({ fromPosition: END }));
  await listener.untilHeard('caughtUp');
  await append(freshStream(), 'after');
  await listener.untilHeard('after');
  expect(listener.events).toEqual(['after']);
  await listener.leave();
});

test('a subscription to $all from a position that is none is refused', async () => {
  const { commit } = await append(freshStream(), 'a');
  const fromPosition = { commit: commit + 1n, prepare: commit + 1n };
  await append(freshStream(), 'b');
  const listener = new Listener(server.client.subscribeToAll({ fromPosition }));
  await listener.untilHeard('unknown');
  expect(listener.events).toEqual(['unknown']);
});

test('a live subscription gets the tombstone and ends, a soft delete is silent', async () => {
  const stream = freshStream();
  await append(stream, 'a');
  const listener = new Listener(server.client.subscribeToStream(stream));
  await listener.untilHeard('caughtUp');
  await server.client.deleteStream(stream);
  await append(stream, 'b');
  await listener.untilHeard('b');
  await server.client.tombstoneStream(stream);
  await listener.untilHeard('stream-deleted');
  expect(listener.events).toEqual(['a', 'b', '$streamDeleted', 'stream-deleted']);
});

test('many subscribers get every event once and in order while many write', async () => {
  const streams = Array.from({ length: 8 }, freshStream);
  const before = await append(freshStream(), 'before');
  const count = 400;
  const seen = Array.from({ length: 5 }, (): bigint[] => []);
  const subscriptions = seen.map((positions) => {
    const subscription = server.client.subscribeToAll({ fromPosition: before });
    const done = new Promise<void>((resolve) => {
      subscription.on('data', (resolved) => {
        positions.push(resolved.event?.position.commit ?? -1n);
        if (positions.length === count) resolve();
      });
    });
    return { subscription, done };
  });
  await Promise.all(
    streams.map(async (stream) => {
      for (let written = 0; written < count / 8; written++) await append(stream, 'Written');
    }),
  );
  await Promise.all(subscriptions.map(({ done }) => done));
  const inLog = (await collect(server.client.readAll({ fromPosition: before }))).slice(1);
  const expected = inLog.map((resolved) => resolved.event?.position?.commit);
  for (const positions of seen) expect(positions).toEqual(expected);
  await Promise.all(subscriptions.map(({ subscription }) => subscription.unsubscribe()));
});

test('a live subscriber that stops reading is told that it fell behind, and misses nothing', async () => {
  const stream = freshStream();
  const subscription = server.client.subscribeToAll({ fromPosition: END });
  let fellBehind = 0;
  subscription.on('fellBehind', () => fellBehind++);
  await new Promise((resolve) => subscription.once('caughtUp', resolve));
  const count = 8000;
  const given = Array.from({ length: count }, () => event());
  for (let from = 0; from < count; from += 500) {
    await server.client.appendToStream(stream, given.slice(from, from + 500));
  }
  expect(fellBehind).toBe(0);
  const caughtUpAgain = new Promise((resolve) => subscription.once('caughtUp', resolve));
  const ids: string[] = [];
  const all = new Promise<void>((resolve) => {
    subscription.on('data', (resolved) => {
      ids.push(resolved.event?.id ?? '');
      if (ids.length === count) resolve();
    });
  });
  await Promise.all([all, caughtUpAgain]);
  expect(fellBehind).toBe(1);
  expect(ids).toEqual(given.map(({ id }) => id));
  await subscription.unsubscribe();
});
