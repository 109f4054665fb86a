import { END, START, eventTypeFilter } from '@eventstore/db-client';
import { type TestNode, event, freshStream, startTestNode } from '../testing.js';
import { Subscriber, acknowledge, allSettings, eventually, settings } from './testing.js';

let server: TestNode;
let stream: string;
const group = 'group';

beforeAll(async () => {
  server = await startTestNode();
});
beforeEach(() => {
  stream = freshStream();
});
afterAll(() => server.stop());

const MISSING = { type: 'persistent-subscription-does-not-exist', code: 5, groupName: group };

test('a group that exists cannot be created again', async () => {
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  await expect(
    server.client.createPersistentSubscriptionToStream(stream, group, settings()),
  ).rejects.toMatchObject({
    type: 'persistent-subscription-exists',
    code: 6,
    streamName: stream,
    groupName: group,
  });
});

test('of several who create a group at once one does', async () => {
  const outcomes = await Promise.allSettled(
    Array.from({ length: 5 }, () =>
      server.client.createPersistentSubscriptionToStream(stream, group, settings()),
    ),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  const listed = await server.client.listPersistentSubscriptionsToStream(stream);
  expect(listed.map(({ groupName }) => groupName)).toEqual([group]);
});

test.each<[string, () => Promise<unknown>]>([
  ['updated', () => server.client.updatePersistentSubscriptionToStream(stream, group, settings())],
  ['deleted', () => server.client.deletePersistentSubscriptionToStream(stream, group)],
  ['looked at', () => server.client.getPersistentSubscriptionToStreamInfo(stream, group)],
  ['replayed', () => server.client.replayParkedMessagesToStream(stream, group)],
])('a group that does not exist cannot be %s', async (_what, ask) => {
  await expect(ask()).rejects.toMatchObject({ ...MISSING, streamName: stream });
});

test('a group that does not exist cannot be read, nor can the groups of a stream without any be listed', async () => {
  const subscriber = Subscriber.toStream(server.client, stream, group);
  await subscriber.until(({ errors }) => errors.length > 0);
  expect(subscriber.errors).toEqual([MISSING.type]);
  await expect(server.client.listPersistentSubscriptionsToStream(stream)).rejects.toMatchObject({
    type: MISSING.type,
  });
});

test.each([
  [{ consumerStrategyName: 'Pinned', readBatchSize: 0 }, /readBatchSize must be positive/],
  [{ readBatchSize: 20, historyBufferSize: 20 }, /may not be greater than or equal to BufferSize/],
  [{ maxRetryCount: -1 }, /maxRetryCount may not be negative/],
  [{ messageTimeout: -5 }, /messageTimeout may not be negative/],
  [{ startFrom: 2n ** 63n }, /Invalid Start From position/],
])('a group with %o is refused', async (changes, reason) => {
  const asked = server.client.createPersistentSubscriptionToStream(stream, group, settings(changes));
  await expect(asked).rejects.toMatchObject({ type: 'persistent-subscription-failed', code: 13 });
  await expect(asked).rejects.toThrow(reason);
});

test('a group on $all cannot begin behind the end, nor have a filter that is none', async () => {
  const far = { commit: 2n ** 40n, prepare: 2n ** 40n };
  await expect(
    server.client.createPersistentSubscriptionToAll('far', allSettings({ startFrom: far })),
  ).rejects.toThrow(/Invalid Start From position/);
  const startFrom = { commit: 0n, prepare: 1n };
  await expect(
    server.client.createPersistentSubscriptionToAll('odd', allSettings({ startFrom })),
  ).rejects.toThrow(/prepare position must be less/);
  const filter = eventTypeFilter({ regex: '(' });
  await expect(
    server.client.createPersistentSubscriptionToAll('filter', allSettings(), { filter }),
  ).rejects.toThrow(/Invalid pattern/);
});

test('a group tells its settings and how it stands', async () => {
  await server.client.appendToStream(stream, [event('a'), event('b'), event('c')]);
  const given = settings({
    resolveLinkTos: true,
    extraStatistics: true,
    messageTimeout: 12_345,
    maxRetryCount: 7,
    checkPointAfter: 99_000,
    checkPointLowerBound: 3,
    checkPointUpperBound: 30,
    maxSubscriberCount: 4,
    liveBufferSize: 55,
    readBatchSize: 6,
    historyBufferSize: 66,
    consumerStrategyName: 'Pinned',
  });
  await server.client.createPersistentSubscriptionToStream(stream, group, given);
  const subscriber = Subscriber.toStream(server.client, stream, group, (message, self) =>
    message.type === 'a' ? self.ack(message) : undefined,
  );
  await subscriber.untilGiven(3);
  const info = await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.outstandingMessagesCount === 2,
  );
  expect(info).toMatchObject({ eventSource: stream, groupName: group, status: 'Live', settings: given });
  expect(info.stats).toMatchObject({
    totalItems: 3n,
    totalInFlightMessages: 2,
    readBufferCount: 0,
    liveBufferCount: 0n,
    retryBufferCount: 0,
    parkedMessageCount: 0n,
    lastKnownEventRevision: 2n,
    lastCheckpointedEventRevision: undefined,
  });
  expect(info.connections).toMatchObject([
    { availableSlots: 8, inFlightMessages: 2, totalItems: 3n, username: 'anonymous' },
  ]);
  expect([...(info.connections[0]?.extraStatistics?.keys() ?? [])]).toEqual(
    expect.arrayContaining(['mean', 'median', 'fastest', 'quintile 1', '99.9%', 'highest']),
  );
  await subscriber.leave();
});

test('groups are listed: all, those of a stream, those on $all', async () => {
  await server.client.createPersistentSubscriptionToStream(stream, 'one', settings());
  await server.client.createPersistentSubscriptionToStream(stream, 'two', settings({ startFrom: END }));
  await server.client.createPersistentSubscriptionToAll('listed', allSettings({ startFrom: END }));
  const ofStream = await server.client.listPersistentSubscriptionsToStream(stream);
  expect(ofStream.map(({ groupName, settings: { startFrom } }) => [groupName, startFrom])).toEqual([
    ['one', START],
    ['two', END],
  ]);
  const onAll = await server.client.listPersistentSubscriptionsToAll();
  expect(onAll).toMatchObject([{ groupName: 'listed', eventSource: '$all', settings: { startFrom: END } }]);
  const everything = await server.client.listAllPersistentSubscriptions();
  const names = everything.map(({ eventSource, groupName }) => `${eventSource} ${groupName}`);
  expect(names).toEqual(expect.arrayContaining([`${stream} one`, `${stream} two`, '$all listed']));
  await server.client.deletePersistentSubscriptionToAll('listed');
  await expect(server.client.getPersistentSubscriptionToAllInfo('listed')).rejects.toMatchObject({
    type: MISSING.type,
    streamName: '$all',
  });
});

test('a group takes as many subscribers as it is told', async () => {
  await server.client.createPersistentSubscriptionToStream(
    stream,
    group,
    settings({ maxSubscriberCount: 1 }),
  );
  const first = Subscriber.toStream(server.client, stream, group);
  await first.until(({ isConfirmed }) => isConfirmed);
  const second = Subscriber.toStream(server.client, stream, group);
  await second.until(({ errors }) => errors.length > 0);
  expect(second.errors).toEqual(['maximum-subscribers-reached']);
  await first.leave();
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ connections }) => connections.length === 0,
  );
  const third = Subscriber.toStream(server.client, stream, group);
  await third.until(({ isConfirmed }) => isConfirmed);
  await third.leave();
});

test.each<[string, () => Promise<void>]>([
  ['updated', () => server.client.updatePersistentSubscriptionToStream(stream, group, settings())],
  ['deleted', () => server.client.deletePersistentSubscriptionToStream(stream, group)],
  ['restarted', () => server.client.restartPersistentSubscriptionSubsystem()],
])('who is connected when a group is %s is dropped', async (_what, change) => {
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
  const subscriber = Subscriber.toStream(server.client, stream, group);
  await subscriber.until(({ isConfirmed }) => isConfirmed);
  await change();
  await subscriber.until(({ errors }) => errors.length > 0);
  expect(subscriber.errors).toEqual(['persistent-subscription-dropped']);
});

test('an updated group has its new settings and goes on behind its checkpoint', async () => {
  await server.client.appendToStream(stream, [event('a'), event('b')]);
  const eager = { checkPointLowerBound: 1, checkPointUpperBound: 1 };
  await server.client.createPersistentSubscriptionToStream(stream, group, settings(eager));
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.lastCheckpointedEventRevision === 1n,
  );
  await subscriber.leave();
  await server.client.updatePersistentSubscriptionToStream(
    stream,
    group,
    settings({ ...eager, maxRetryCount: 3, startFrom: END }),
  );
  await server.client.appendToStream(stream, event('c'));
  const info = await server.client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(info.settings).toMatchObject({ maxRetryCount: 3, startFrom: END });
  const again = Subscriber.toStream(server.client, stream, group, acknowledge);
  await again.untilGiven(1);
  expect(again.types).toEqual(['c']);
  await again.leave();
});

test('a group made again after it was deleted begins anew', async () => {
  await server.client.appendToStream(stream, [event('a'), event('b')]);
  const eager = settings({ checkPointUpperBound: 1 });
  await server.client.createPersistentSubscriptionToStream(stream, group, eager);
  const subscriber = Subscriber.toStream(server.client, stream, group, (given, self) =>
    given.type === 'a' ? self.nack('park', given) : self.ack(given),
  );
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.lastCheckpointedEventRevision === 1n && stats.parkedMessageCount === 1n,
  );
  await server.client.deletePersistentSubscriptionToStream(stream, group);
  await server.client.createPersistentSubscriptionToStream(stream, group, eager);
  const { stats } = await server.client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(stats).toMatchObject({ parkedMessageCount: 0n, lastCheckpointedEventRevision: undefined });
  const again = Subscriber.toStream(server.client, stream, group, acknowledge);
  await again.untilGiven(2);
  expect(again.types).toEqual(['a', 'b']);
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    (info) => info.stats.lastCheckpointedEventRevision === 1n,
  );
  await again.leave();
  expect(subscriber.errors).toEqual(['persistent-subscription-dropped']);
});
