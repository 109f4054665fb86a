import { jest } from '@jest/globals';
import { BACKWARDS, END, FORWARDS, START, type StreamMetadata, jsonEvent } from '@eventstore/db-client';
import {
  type TestNode,
  collect,
  event,
  freshStream,
  revisionsOf,
  startTestNode,
  typesOf,
} from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

async function streamOf(...types: string[]): Promise<string> {
  const stream = freshStream();
  await server.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
  return stream;
}

type ReadOptions = NonNullable<Parameters<TestNode['client']['readStream']>[1]>;

async function read(stream: string, options: ReadOptions = {}): Promise<string> {
  return typesOf(await collect(server.client.readStream(stream, options))).join(' ');
}

test.each<[string, ReadOptions, string]>([
  ['forwards', {}, 'a b c d'],
  ['forwards from 1', { fromRevision: 1n }, 'b c d'],
  ['forwards from 1, two of them', { fromRevision: 1n, maxCount: 2 }, 'b c'],
  ['forwards from beyond the end', { fromRevision: 4n }, ''],
  ['forwards from far beyond the end', { fromRevision: 1_000_000n }, ''],
  ['backwards from the end', { direction: BACKWARDS, fromRevision: END }, 'd c b a'],
  ['backwards from the end, one', { direction: BACKWARDS, fromRevision: END, maxCount: 1 }, 'd'],
  ['backwards from 2', { direction: BACKWARDS, fromRevision: 2n }, 'c b a'],
  ['backwards from the start', { direction: BACKWARDS, fromRevision: START }, 'a'],
  ['backwards from beyond the end', { direction: BACKWARDS, fromRevision: 9n, maxCount: 2 }, 'd c'],
])('a stream is read %s', async (_how, options, expected) => {
  expect(await read(await streamOf('a', 'b', 'c', 'd'), options)).toBe(expected);
});

test.each<[string, ReadOptions]>([
  ['forwards from the end', { direction: FORWARDS, fromRevision: END }],
  ['without any events', { maxCount: 0 }],
])('a read %s is refused', async (_how, options) => {
  await expect(read(await streamOf('a'), options)).rejects.toMatchObject({ type: 'unknown', code: 2 });
});

test('an unknown stream is not found, without a code', async () => {
  const stream = freshStream();
  for (const direction of [FORWARDS, BACKWARDS] as const) {
    const fromRevision = direction === BACKWARDS ? END : START;
    const failure: unknown = await read(stream, { direction, fromRevision }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ type: 'stream-not-found' });
    expect(failure).toHaveProperty('code', undefined);
  }
});

test('a stream longer than many pages is read whole, both ways', async () => {
  const stream = freshStream();
  const count = 1000;
  await server.client.appendToStream(
    stream,
    Array.from({ length: count }, () => event()),
  );
  const upwards = Array.from({ length: count }, (_, revision) => BigInt(revision));
  expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual(upwards);
  const backwards = server.client.readStream(stream, { direction: BACKWARDS, fromRevision: END });
  expect(revisionsOf(await collect(backwards))).toEqual(upwards.toReversed());
});

test('a reader that takes its time gets everything', async () => {
  const stream = freshStream();
  const long = 'x'.repeat(50_000);
  const events = Array.from({ length: 200 }, () => jsonEvent({ type: 'Long', data: { long } }));
  await server.client.appendToStream(stream, events.slice(0, 15));
  for (let from = 15; from < events.length; from += 15) {
    await server.client.appendToStream(stream, events.slice(from, from + 15));
  }
  let read = 0;
  for await (const resolved of server.client.readStream(stream)) {
    await new Promise((resolve) => setImmediate(resolve));
    expect(resolved.event?.id).toBe(events[read++]?.id);
  }
  expect(read).toBe(events.length);
});

test('a read that is cancelled ends, and the next one works', async () => {
  const stream = freshStream();
  await server.client.appendToStream(
    stream,
    Array.from({ length: 2000 }, () => event()),
  );
  for await (const resolved of server.client.readStream(stream)) {
    if (resolved.event?.revision === 3n) break;
  }
  expect(await collect(server.client.readStream(stream, { maxCount: 5 }))).toHaveLength(5);
});

test.each<[string, StreamMetadata, ReadOptions, string]>([
  ['$maxCount 2', { maxCount: 2 }, {}, 'b c'],
  ['$maxCount 2', { maxCount: 2 }, { direction: BACKWARDS, fromRevision: 0n }, ''],
  ['$maxCount 2', { maxCount: 2 }, { direction: BACKWARDS, fromRevision: END }, 'c b'],
  ['$tb 2', { truncateBefore: 2 }, { maxCount: 1 }, 'c'],
  ['$tb 2', { truncateBefore: 2 }, { direction: BACKWARDS, fromRevision: 1n }, ''],
  ['$tb 2', { truncateBefore: 2 }, { direction: BACKWARDS, fromRevision: END }, 'c'],
  ['$tb beyond the end', { truncateBefore: 10 }, {}, ''],
  ['both', { truncateBefore: 1, maxCount: 1 }, {}, 'c'],
])('with %s of three events, %s reads what is left', async (_name, metadata, options, expected) => {
  const stream = await streamOf('a', 'b', 'c');
  await server.client.setStreamMetadata(stream, metadata);
  expect(await read(stream, options)).toBe(expected);
});

test('events appended below a truncation stay invisible', async () => {
  const stream = await streamOf('a');
  await server.client.setStreamMetadata(stream, { truncateBefore: 3 });
  await server.client.appendToStream(stream, [event('b'), event('c')]);
  expect(await read(stream)).toBe('');
  await server.client.appendToStream(stream, event('d'));
  expect(await read(stream)).toBe('d');
});

test('events over their age are not read, and stay in $all', async () => {
  const stream = await streamOf('Aged');
  const old = Date.now() + 5000;
  await server.client.setStreamMetadata(stream, { maxAge: 2 });
  expect(await read(stream)).toBe('Aged');
  const clock = jest.spyOn(Date, 'now').mockReturnValue(old);
  try {
    expect(await read(stream)).toBe('');
    expect(typesOf(await collect(server.client.readAll()))).toContain('Aged');
  } finally {
    clock.mockRestore();
  }
});

test('metadata that was never set has nothing but the name', async () => {
  const stream = freshStream();
  expect(await server.client.getStreamMetadata(stream)).toEqual({ streamName: stream });
});

test('metadata can be set on a stream that never was, which stays unknown', async () => {
  const stream = freshStream();
  const acl = { readRoles: ['$admins'] };
  await server.client.setStreamMetadata(stream, { maxCount: 7, acl });
  await expect(read(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  expect(await server.client.getStreamMetadata(stream)).toMatchObject({ metadata: { maxCount: 7, acl } });
  await server.client.appendToStream(stream, event(), { expectedRevision: 'no_stream' });
  expect(await collect(server.client.readStream(stream))).toHaveLength(1);
});

test('a metadata stream shows its newest event, whose revision counts up', async () => {
  const stream = await streamOf('a');
  for (const maxCount of [5, 6, 7]) await server.client.setStreamMetadata(stream, { maxCount });
  const events = await collect(server.client.readStream(`$$${stream}`));
  expect(events.map((resolved) => [resolved.event?.revision, resolved.event?.data])).toEqual([
    [2n, { $maxCount: 7 }],
  ]);
});

test.each(['straße 🚀', 'a b\tc', '%25', 'x'.repeat(3000)])('a stream may be called %j', async (name) => {
  await server.client.appendToStream(name, event(), { expectedRevision: 'no_stream' });
  const [resolved] = await collect(server.client.readStream(name));
  expect(resolved?.event?.streamId).toBe(name);
  await expect(
    server.client.appendToStream(name, event(), { expectedRevision: 'no_stream' }),
  ).rejects.toMatchObject({ streamName: name, actualVersion: 0n });
});
