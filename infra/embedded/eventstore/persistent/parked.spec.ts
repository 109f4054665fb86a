import { eventTypeFilter } from '@eventstore/db-client';
import { type TestNode, collect, event, freshStream, startTestNode } from '../testing.js';
import { Subscriber, acknowledge, allSettings, eventually, settings } from './testing.js';

let server: TestNode;
let stream: string;
const group = 'group';

beforeAll(async () => {
  server = await startTestNode();
});
beforeEach(async () => {
  stream = freshStream();
  await server.client.createPersistentSubscriptionToStream(stream, group, settings());
});
afterAll(() => server.stop());

const parkedStream = (): string => `$persistentsubscription-${stream}::${group}-parked`;

function untilParked(count: bigint) {
  return eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ stats }) => stats.parkedMessageCount === count && stats.outstandingMessagesCount === 0,
  );
}

function truncatedBefore(): Promise<number | 'start' | 'end' | undefined> {
  return server.client.getStreamMetadata(parkedStream()).then(({ metadata }) => metadata?.truncateBefore);
}

async function park(...types: string[]): Promise<void> {
  await server.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
  const before = (await server.client.getPersistentSubscriptionToStreamInfo(stream, group)).stats;
  const subscriber = Subscriber.toStream(server.client, stream, group, (given, self) =>
    self.nack('park', given),
  );
  await untilParked(before.parkedMessageCount + BigInt(types.length));
  await subscriber.leave();
  await eventually(
    () => server.client.getPersistentSubscriptionToStreamInfo(stream, group),
    ({ connections }) => connections.length === 0,
  );
}

test('a parked event is a link in a stream of the group, with the reason and its revision', async () => {
  await park('a', 'b');
  const parked = await collect(server.client.readStream(parkedStream()));
  expect(parked.map(({ event: recorded }) => recorded?.type)).toEqual(['$>', '$>']);
  const second = parked[1]?.event;
  expect(Buffer.from(second?.data as unknown as Uint8Array).toString()).toBe(`1@${stream}`);
  expect(second?.metadata).toMatchObject({
    reason: "Client explicitly NAK'ed message.\nbecause",
    subscriptionEventNumber: 1,
  });
});

test('an event that was retried too often is parked with that reason', async () => {
  await server.client.updatePersistentSubscriptionToStream(stream, group, settings({ maxRetryCount: 0 }));
  await server.client.appendToStream(stream, event('a'));
  const subscriber = Subscriber.toStream(server.client, stream, group, (given, self) =>
    self.nack('retry', given),
  );
  await untilParked(1n);
  const [parked] = await collect(server.client.readStream(parkedStream()));
  expect(parked?.event?.metadata).toMatchObject({ reason: 'Reached retry count of 0' });
  await subscriber.leave();
});

test('replayed events come with their link and no retries, and the parked stream is truncated', async () => {
  await park('a', 'b');
  await server.client.replayParkedMessagesToStream(stream, group);
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(2);
  expect(subscriber.given).toMatchObject([
    { type: 'a', retryCount: 0 },
    { type: 'b', retryCount: 0 },
  ]);
  expect(subscriber.given[1]?.resolved.link).toMatchObject({ streamId: parkedStream(), revision: 1n });
  await untilParked(0n);
  expect(await eventually(truncatedBefore, (revision) => revision !== undefined)).toBe(2);
  await subscriber.leave();
});

test('a replay stops in front of the revision it is told', async () => {
  await park('a', 'b', 'c');
  await server.client.replayParkedMessagesToStream(stream, group, { stopAt: 2 });
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(2);
  await untilParked(1n);
  expect(subscriber.types).toEqual(['a', 'b']);
  await server.client.replayParkedMessagesToStream(stream, group);
  await subscriber.untilGiven(3);
  expect(subscriber.types).toEqual(['a', 'b', 'c']);
  expect(await eventually(truncatedBefore, (revision) => revision === 3)).toBe(3);
  await subscriber.leave();
});

test('a replay cannot stop at a negative revision', async () => {
  const asked = server.client.replayParkedMessagesToStream(stream, group, { stopAt: -1 });
  await expect(asked).rejects.toMatchObject({ type: 'persistent-subscription-failed' });
});

test('a replay of nothing gives nothing', async () => {
  await server.client.replayParkedMessagesToStream(stream, group);
  const { status } = await server.client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(status).toBe('Live');
});

test('what is replayed stays in the parked stream until it is answered, and may be parked again', async () => {
  await park('a', 'b');
  await server.client.replayParkedMessagesToStream(stream, group);
  const subscriber = Subscriber.toStream(server.client, stream, group);
  await subscriber.untilGiven(2);
  expect(await collect(server.client.readStream(parkedStream()))).toHaveLength(2);
  const { stats } = await server.client.getPersistentSubscriptionToStreamInfo(stream, group);
  expect(stats).toMatchObject({ parkedMessageCount: 0n, outstandingMessagesCount: 2 });
  await subscriber.nack('park', subscriber.given[0]!);
  await subscriber.ack(subscriber.given[1]!);
  await untilParked(1n);
  expect(await eventually(truncatedBefore, (revision) => revision === 2)).toBe(2);
  const [again] = await collect(server.client.readStream(parkedStream(), { resolveLinkTos: true }));
  expect(again).toMatchObject({ event: { type: 'a' }, link: { revision: 2n } });
  await subscriber.leave();
});

test('a replayed link to an event that is gone comes as a link alone', async () => {
  await park('a');
  await server.client.setStreamMetadata(stream, { truncateBefore: 1 });
  await server.client.replayParkedMessagesToStream(stream, group);
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(1);
  expect(subscriber.given[0]?.resolved.event).toBeUndefined();
  expect(subscriber.given[0]?.resolved.link).toMatchObject({ streamId: parkedStream() });
  await subscriber.leave();
});

test('more is replayed than the buffer of the group holds', async () => {
  await server.client.updatePersistentSubscriptionToStream(
    stream,
    group,
    settings({ historyBufferSize: 5, readBatchSize: 4 }),
  );
  const types = Array.from({ length: 40 }, (_, index) => `event-${index}`);
  await park(...types);
  await server.client.replayParkedMessagesToStream(stream, group);
  const subscriber = Subscriber.toStream(server.client, stream, group, acknowledge);
  await subscriber.untilGiven(types.length);
  expect([...subscriber.types].sort()).toEqual([...types].sort());
  await untilParked(0n);
  await subscriber.leave();
});

test('a group on $all parks and replays too', async () => {
  const type = `Parked-${stream}`;
  const filter = eventTypeFilter({ prefixes: [type] });
  await server.client.createPersistentSubscriptionToAll(stream, allSettings(), { filter });
  await server.client.appendToStream(freshStream(), event(type));
  const subscriber = new Subscriber(
    server.client.subscribeToPersistentSubscriptionToAll(stream),
    (given, self) => (given.resolved.link ? self.ack(given) : self.nack('park', given)),
  );
  await eventually(
    () => server.client.getPersistentSubscriptionToAllInfo(stream),
    ({ stats }) => stats.parkedMessageCount === 1n,
  );
  await server.client.replayParkedMessagesToAll(stream);
  await subscriber.untilGiven(2);
  expect(subscriber.given[1]).toMatchObject({ type, retryCount: 0 });
  await subscriber.leave();
});
