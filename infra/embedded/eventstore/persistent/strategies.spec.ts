import { randomUUID } from 'node:crypto';
import { jsonEvent } from '@eventstore/db-client';
import { Client, credentials } from '@grpc/grpc-js';
import { type TestNode, event, freshStream, link, startTestNode } from '../testing.js';
import { messageField, numberField, textField } from '../wire/fields.js';
import { Subscriber, acknowledge, eventually, settings } from './testing.js';

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

async function create(consumerStrategyName: string): Promise<void> {
  const asked = settings({ consumerStrategyName, resolveLinkTos: true });
  await server.client.createPersistentSubscriptionToStream(stream, group, asked);
}

async function connect(answer?: typeof acknowledge, bufferSize = 10): Promise<Subscriber> {
  const subscriber = Subscriber.toStream(server.client, stream, group, answer, bufferSize);
  await subscriber.until(({ isConfirmed }) => isConfirmed);
  return subscriber;
}

function append(...types: string[]) {
  return server.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
}

const untilAll = (subscribers: readonly Subscriber[], count: number) =>
  eventually(
    () => Promise.resolve(subscribers.reduce((sum, { given }) => sum + given.length, 0)),
    (sum) => sum === count,
  );

test('RoundRobin gives to each in turn, and passes over who is full', async () => {
  await create('RoundRobin');
  const [one, two] = [await connect(), await connect(undefined, 1)];
  await append('a', 'b', 'c', 'd', 'e');
  await untilAll([one, two], 5);
  expect([one.types, two.types]).toEqual([['a', 'c', 'd', 'e'], ['b']]);
  await Promise.all([one.leave(), two.leave()]);
});

test('DispatchToSingle gives to one until that one is full', async () => {
  await create('DispatchToSingle');
  const [one, two] = [await connect(undefined, 3), await connect(undefined, 3)];
  await append('a', 'b', 'c', 'd');
  await untilAll([one, two], 4);
  expect([one.types, two.types]).toEqual([['a', 'b', 'c'], ['d']]);
  await Promise.all([one.leave(), two.leave()]);
});

test('Pinned keeps the events of a stream with one consumer, and spreads streams', async () => {
  await create('Pinned');
  const [one, two] = [await connect(acknowledge), await connect(acknowledge)];
  const sources = Array.from({ length: 12 }, freshStream);
  for (let round = 0; round < 4; round++) {
    for (const source of sources) {
      await server.client.appendToStream(source, event());
      await server.client.appendToStream(stream, link(`${round}@${source}`));
    }
  }
  await untilAll([one, two], 48);
  const sourcesOf = ({ given }: Subscriber) =>
    new Set(given.map(({ resolved }) => resolved.event?.streamId ?? ''));
  const shared = [...sourcesOf(one)].filter((source) => sourcesOf(two).has(source));
  expect(shared).toEqual([]);
  expect(sourcesOf(one).size).toBeGreaterThan(0);
  expect(sourcesOf(two).size).toBeGreaterThan(0);
  for (const subscriber of [one, two]) {
    for (const source of sourcesOf(subscriber)) {
      const events = subscriber.given.filter(({ resolved }) => resolved.event?.streamId === source);
      expect(events.map(({ resolved }) => resolved.event?.revision)).toEqual([0n, 1n, 2n, 3n]);
    }
  }
  await Promise.all([one.leave(), two.leave()]);
});

test('with Pinned a consumer that comes later gets its share of the streams', async () => {
  await create('Pinned');
  const first = await connect(acknowledge);
  const sources = Array.from({ length: 12 }, freshStream);
  const toAll = async (revision: number): Promise<void> => {
    for (const source of sources) {
      await server.client.appendToStream(source, event());
      await server.client.appendToStream(stream, link(`${revision}@${source}`));
    }
  };
  await toAll(0);
  await first.untilGiven(12);
  const second = await connect(acknowledge);
  await toAll(1);
  await untilAll([first, second], 24);
  expect(second.given).toHaveLength(6);
  await Promise.all([first.leave(), second.leave()]);
});

test('with Pinned a consumer that leaves hands its streams to another', async () => {
  await create('Pinned');
  const first = await connect();
  await append('a', 'b');
  await first.untilGiven(2);
  const second = await connect(acknowledge);
  await first.leave();
  await second.untilGiven(2);
  expect(second.types).toEqual(['a', 'b']);
  await append('c');
  await second.untilGiven(3);
  await second.leave();
});

test('PinnedByCorrelation, which this client cannot ask for, keeps a correlation with one consumer', async () => {
  const raw = new Client(`127.0.0.1:${server.node.port}`, credentials.createInsecure());
  const asked = messageField(
    1,
    messageField(1, textField(3, stream)),
    textField(2, group),
    messageField(
      3,
      ...[5, 10, 11, 12].map((field) => numberField(field, field)),
      textField(16, 'PinnedByCorrelation'),
    ),
  );
  await new Promise<void>((resolve, reject) => {
    raw.makeUnaryRequest(
      '/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      asked,
      (error) => (error ? reject(error) : resolve()),
    );
  });
  raw.close();
  const [one, two] = [await connect(acknowledge), await connect(acknowledge)];
  const correlations = Array.from({ length: 20 }, () => randomUUID());
  for (const $correlationId of [...correlations, ...correlations]) {
    const metadata = { $correlationId };
    await server.client.appendToStream(stream, jsonEvent({ type: 'Step', data: {}, metadata }));
  }
  await untilAll([one, two], 40);
  const correlationsOf = ({ given }: Subscriber) =>
    new Set(given.map(({ resolved }) => JSON.stringify(resolved.event?.metadata)));
  expect([...correlationsOf(one)].filter((text) => correlationsOf(two).has(text))).toEqual([]);
  expect(correlationsOf(one).size + correlationsOf(two).size).toBe(20);
  expect(correlationsOf(two).size).toBeGreaterThan(0);
  await Promise.all([one.leave(), two.leave()]);
});

test('a strategy that does not exist is refused', async () => {
  const raw = new Client(`127.0.0.1:${server.node.port}`, credentials.createInsecure());
  const asked = messageField(
    1,
    messageField(1, textField(3, stream)),
    textField(2, group),
    messageField(3, textField(16, 'Fair')),
  );
  const refused = new Promise((resolve) => {
    raw.makeUnaryRequest(
      '/event_store.client.persistent_subscriptions.PersistentSubscriptions/Create',
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => bytes,
      asked,
      (error) => resolve(error?.details),
    );
  });
  expect(await refused).toMatch(/Consumer strategy Fair does not exist/);
  raw.close();
});
