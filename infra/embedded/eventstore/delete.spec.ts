import {
  type TestNode,
  collect,
  event,
  freshStream,
  startTestNode,
  typesOf,
  revisionsOf,
} from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

const INT64_MAX = 9223372036854775807n;

test('deleting a stream gives a position, hides it, and can be repeated', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event(), event()]);
  const { position } = await server.client.deleteStream(stream);
  expect(position?.commit).toEqual(expect.any(BigInt));
  await expect(collect(server.client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
  const [metadata] = await collect(server.client.readStream(`$$${stream}`));
  expect(metadata?.event).toMatchObject({ type: '$metadata', data: { $tb: Number(INT64_MAX) } });
  await expect(server.client.deleteStream(stream)).resolves.toHaveProperty('position');
});

test('a deleted stream stays in $all', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, event('Remembered'));
  await server.client.deleteStream(stream);
  expect(typesOf(await collect(server.client.readAll()))).toContain('Remembered');
});

test('appending after a delete goes on with the revisions and lets the stream begin there', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event(), event()]);
  await server.client.setStreamMetadata(stream, { maxCount: 100, own: 'kept' });
  await server.client.deleteStream(stream);
  await server.client.appendToStream(stream, event('Again'), { expectedRevision: 'no_stream' });
  const events = await collect(server.client.readStream(stream));
  expect(revisionsOf(events)).toEqual([2n]);
  const { metadata } = await server.client.getStreamMetadata(stream);
  expect(metadata).toMatchObject({ truncateBefore: 2 });
});

test.each([
  ['any', -2n],
  ['no_stream', -1n],
] as const)(
  'deleting no stream expecting %s conflicts with %s',
  async (expectedRevision, expectedVersion) => {
    const stream = freshStream();
    await expect(server.client.deleteStream(stream, { expectedRevision })).rejects.toMatchObject({
      type: 'wrong-expected-version',
      code: 9,
      streamName: stream,
      expectedVersion,
      actualVersion: -1n,
    });
  },
);

test.each(['any', 'no_stream'] as const)(
  'a stream that has nothing but metadata is deleted expecting %s, and begins at its start again',
  async (expectedRevision) => {
    const stream = freshStream();
    await server.client.setStreamMetadata(stream, { cacheControl: 10 });
    await server.client.deleteStream(stream, { expectedRevision });
    await expect(server.client.appendToStream(stream, event())).resolves.toMatchObject({
      nextExpectedRevision: 0n,
    });
    expect(revisionsOf(await collect(server.client.readStream(stream)))).toEqual([0n]);
  },
);

test('deleting at another revision than the last conflicts', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event(), event()]);
  await expect(server.client.deleteStream(stream, { expectedRevision: 0n })).rejects.toMatchObject({
    type: 'wrong-expected-version',
    expectedVersion: 0n,
    actualVersion: 1n,
  });
  await server.client.deleteStream(stream, { expectedRevision: 1n });
});

test.each(['any', 'no_stream'] as const)(
  'a stream that never was is tombstoned expecting %s',
  async (expected) => {
    const stream = freshStream();
    await server.client.tombstoneStream(stream, { expectedRevision: expected });
    await expect(server.client.appendToStream(stream, event())).rejects.toMatchObject({
      type: 'stream-deleted',
    });
  },
);

test('a stream that never was is not tombstoned when it should exist', async () => {
  // The client takes it, but does not say so in its types.
  const options: { expectedRevision?: 'any' } = {};
  Object.assign(options, { expectedRevision: 'stream_exists' });
  await expect(server.client.tombstoneStream(freshStream(), options)).rejects.toMatchObject({
    type: 'wrong-expected-version',
    expectedVersion: -4n,
  });
});

test('a tombstone is the last event of its stream in $all, and takes the metadata along', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, event());
  await server.client.setStreamMetadata(stream, { maxCount: 3 });
  const { position } = await server.client.tombstoneStream(stream);
  const [tombstone] = await collect(server.client.readAll({ fromPosition: position! }));
  expect(tombstone?.event).toMatchObject({
    streamId: stream,
    type: '$streamDeleted',
    revision: INT64_MAX,
    isJson: false,
    data: new Uint8Array(0),
  });
  for (const gone of [stream, `$$${stream}`]) {
    await expect(collect(server.client.readStream(gone))).rejects.toMatchObject({
      type: 'stream-deleted',
      code: 9,
      streamName: gone,
    });
  }
  await expect(server.client.tombstoneStream(stream)).rejects.toMatchObject({ type: 'stream-deleted' });
});

test('a soft-deleted stream can be tombstoned', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, event());
  await server.client.deleteStream(stream);
  await server.client.tombstoneStream(stream);
  await expect(server.client.appendToStream(stream, event())).rejects.toMatchObject({
    type: 'stream-deleted',
  });
});
