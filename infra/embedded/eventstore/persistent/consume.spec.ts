import { END, excludeSystemEvents, eventTypeFilter, streamNameFilter } from '@eventstore/db-client';
import { type TestNode, event, freshStream, link, startTestNode } from '../testing.js';
import { Subscriber, acknowledge, allSettings, eventually, settings } from './testing.js';

let server: TestNode;
let group: string;
let groups = 0;

beforeAll(async () => {
  server = await startTestNode();
});
beforeEach(() => {
  group = `group-${++groups}`;
});
afterAll(() => server.stop());

async function append(stream: string, ...types: string[]) {
  return server.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
}

async function streamWith(...types: string[]): Promise<string> {
  const stream = freshStream();
  await append(stream, ...types);
  return stream;
}

test('a group gives the events of a stream in order, the old ones and those that come', async () => {
  const stream = await streamWith('a', 'b');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(2);
  await append(stream, 'c', 'd');
  await subscriber.untilGiven(4);
  expect(subscriber.isConfirmed).toBe(true);
  expect(subscriber.types).toEqual(['a', 'b', 'c', 'd']);
  expect(subscriber.given.map(({ retryCount }) => retryCount)).toEqual([0, 0, 0, 0]);
  expect(subscriber.given[2]?.resolved.event).toMatchObject({ streamId: stream, revision: 2n });
  await subscriber.leave();
});

test('a group begins at the revision it is given, inclusive', async () => {
  const stream = await streamWith('a', 'b', 'c', 'd');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings({ startFrom: 2n }));
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(2);
  expect(subscriber.types).toEqual(['c', 'd']);
  await subscriber.leave();
});

test('a group that begins at the end gets what comes after it was made, with nobody connected too', async () => {
  const stream = await streamWith('before');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings({ startFrom: END }));
  await append(stream, 'after');
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(1);
  expect(subscriber.types).toEqual(['after']);
  await subscriber.leave();
});

test('a group waits for a stream that does not exist yet', async () => {
  const stream = freshStream();
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.until(({ isConfirmed }) => isConfirmed);
  await append(stream, 'a');
  await subscriber.untilGiven(1);
  await subscriber.leave();
});

test('a consumer gets no more than its buffer size before it answers', async () => {
  const stream = await streamWith('a', 'b', 'c', 'd', 'e');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const subscriber = Subscriber.toStream(server.client, stream, group, undefined, 2);
  await subscriber.untilGiven(2);
  const info = await server.client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(info.stats).toMatchObject({ totalInFlightMessages: 2, readBufferCount: 3 });
  await subscriber.ack(subscriber.given[0]!);
  await subscriber.untilGiven(3);
  expect(subscriber.types).toEqual(['a', 'b', 'c']);
  await subscriber.leave();
});

test('what a consumer had not answered when it left is given to the next one, counted as a retry', async () => {
  const stream = await streamWith('a', 'b', 'c');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const first = Subscriber.toStream(server.client, stream, group);
  await first.untilGiven(3);
  await first.ack(first.given[1]!);
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.totalInFlightMessages === 2,
  );
  await first.leave();
  const second = Subscriber.toStream(server.client, stream, group, acknowledge);
  await second.untilGiven(2);
  expect(second.given).toMatchObject([
    { type: 'a', retryCount: 1 },
    { type: 'c', retryCount: 1 },
  ]);
  await second.leave();
});

test('what nobody answers in time is given again', async () => {
  const stream = await streamWith('a');
  const impatient = settings({ messageTimeout: 50 });
  await server.client.createPersistentSubscriptionToStream(stream, group, impatient);
  const subscriber = Subscriber.toStream(server.client, stream, group, (given, self) =>
    given.retryCount > 0 ? self.ack(given) : undefined,
  );
  await subscriber.untilGiven(2);
  expect(subscriber.given.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
  await subscriber.leave();
});

test('a retried event comes again with its count, and is parked after as many retries as are allowed', async () => {
  const stream = await streamWith('poison', 'good');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings({ maxRetryCount: 2 }));
  const subscriber = Subscriber.toStream(server.client, stream, group, (given, self) =>
    given.type === 'poison' ? self.nack('retry', given) : self.ack(given),
  );
  const info = await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.parkedMessageCount === 1n,
  );
  expect(info.stats.outstandingMessagesCount).toBe(0);
  const poison = subscriber.given.filter(({ type }) => type === 'poison');
  expect(poison.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
  await subscriber.leave();
});

test.each(['skip', 'stop'] as const)('an event that is answered with %s is done with', async (action) => {
  const stream = await streamWith('a', 'b');
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const subscriber = Subscriber.toStream(
    server.client,
    stream,
    group,
    (given, self) => self.nack(action, given),
    1,
  );
  await subscriber.untilGiven(2);
  const { stats } = await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    (info) => info.stats.outstandingMessagesCount === 0,
  );
  expect(stats.parkedMessageCount).toBe(0n);
  expect(subscriber.types).toEqual(['a', 'b']);
  await subscriber.leave();
});

test('links are resolved when the group asks for it, and one to nothing comes as a link alone', async () => {
  const target = await streamWith('real');
  const stream = freshStream();
  await server.client.appendToStream(stream, [link(`0@${target}`), link('7@nowhere')]);
  const resolving = settings({ resolveLinkTos: true });
  await server.client.createPersistentSubscriptionToStream(stream, group, resolving);
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(2);
  const [first, second] = subscriber.given;
  expect(first?.resolved.event).toMatchObject({ streamId: target, type: 'real' });
  expect(first?.resolved.link).toMatchObject({ streamId: stream, revision: 0n });
  expect(second?.resolved.event).toBeUndefined();
  expect(second?.resolved.link).toMatchObject({ streamId: stream, revision: 1n });
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.outstandingMessagesCount === 0,
  );
  await subscriber.leave();
});

test('two events with the same id are given one after the other, and both', async () => {
  const same = event('same');
  const [one, other] = [freshStream(), freshStream()];
  await server.client.appendToStream(one, same);
  await server.client.appendToStream(other, same);
  const filter = eventTypeFilter({ regex: '^same$' });
  await server.client.createPersistentSubscriptionToAll(group, allSettings(), { filter });
  const subscriber = new Subscriber(server.client.subscribeToPersistentSubscriptionToAll(group));
  await subscriber.untilGiven(1);
  await subscriber.ack(subscriber.given[0]!);
  await subscriber.untilGiven(2);
  expect(subscriber.given.map(({ resolved }) => resolved.event?.streamId)).toEqual([one, other]);
  await subscriber.leave();
});

test('a group on $all gives everything, the streams of groups on $all left out', async () => {
  await server.client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: END }));
  const stream = await streamWith('a', 'b');
  const subscriber = new Subscriber(
    server.client.subscribeToPersistentSubscriptionToAll(group),
    (given, self) => (given.type === 'a' ? self.nack('park', given) : self.ack(given)),
  );
  await subscriber.until(({ types }) => types.includes('b'));
  await eventually(
    () => server.client.getPersistentSubscriptionToAllInfo(group),
    ({ stats }) => stats.parkedMessageCount === 1n,
  );
  await append(stream, 'c');
  await subscriber.until(({ types }) => types.includes('c'));
  const streams = subscriber.given.map(({ resolved }) => (resolved.event ?? resolved.link)?.streamId);
  expect(streams.filter((name) => name?.startsWith('$persistentsubscription-$all') === true)).toEqual([]);
  const positions = subscriber.given.map(({ resolved }) => resolved.commitPosition ?? -1n);
  expect(positions).toEqual([...positions].sort((left, right) => (left < right ? -1 : 1)));
  await subscriber.leave();
});

test.each([
  ['event type', eventTypeFilter({ prefixes: ['Wanted'] })],
  ['stream name', streamNameFilter({ regex: '^wanted-' })],
])('a group on $all gives only what its filter by %s lets through', async (_by, filter) => {
  await server.client.createPersistentSubscriptionToAll(group, allSettings({ startFrom: END }), { filter });
  await append(freshStream(), 'Other');
  await append(`wanted-${group}`, 'WantedOne');
  await append(freshStream(), 'Other');
  await append(`wanted-${group}`, 'WantedTwo');
  const subscription = server.client.subscribeToPersistentSubscriptionToAll(group);
  const subscriber = new Subscriber(subscription, acknowledge);
  await subscriber.untilGiven(2);
  expect(subscriber.types).toEqual(['WantedOne', 'WantedTwo']);
  await subscriber.leave();
});

test('a group on $all begins at the position it is given, inclusive', async () => {
  await streamWith('before');
  const { position } = await append(freshStream(), 'at');
  await streamWith('behind');
  const filter = excludeSystemEvents();
  const startFrom = { commit: position!.commit, prepare: position!.prepare };
  await server.client.createPersistentSubscriptionToAll(group, allSettings({ startFrom }), { filter });
  const subscription = server.client.subscribeToPersistentSubscriptionToAll(group);
  const subscriber = new Subscriber(subscription, acknowledge);
  await subscriber.untilGiven(2);
  expect(subscriber.types).toEqual(['at', 'behind']);
  await subscriber.leave();
});

test('a group with a small buffer falls behind and misses nothing', async () => {
  const stream = freshStream();
  const small = settings({ liveBufferSize: 3, historyBufferSize: 4, readBatchSize: 2 });
  await server.client.createPersistentSubscriptionToStream(stream, group, small);
  const names = Array.from({ length: 60 }, (_, index) => `event-${index}`);
  for (const name of names.slice(0, 30)) await append(stream, name);
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ status }) => status === 'Behind',
  );
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge, 3);
  for (const name of names.slice(30)) await append(stream, name);
  await subscriber.untilGiven(60);
  expect(subscriber.types).toEqual(names);
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ status }) => status === 'Live',
  );
  await subscriber.leave();
});

test('a group goes on where a stream was truncated, and gives the tombstone that ends it', async () => {
  const stream = await streamWith('a', 'b', 'c');
  await server.client.setStreamMetadata(stream, { truncateBefore: 2 });
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(1);
  await server.client.tombstoneStream(stream);
  await subscriber.untilGiven(2);
  expect(subscriber.types).toEqual(['c', '$streamDeleted']);
  await subscriber.leave();
});
