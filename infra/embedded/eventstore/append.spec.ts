import { BACKWARDS, END, EventStoreDBClient, binaryEvent, jsonEvent } from '@eventstore/db-client';
import {
  APPEND_CALLS,
  type TestNode,
  collect,
  event,
  freshStream,
  startTestNode,
  typesOf,
} from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

const MEBIBYTE = 1024 * 1024;

function ofSize(bytes: number, metadata?: Record<string, unknown>) {
  return binaryEvent({ type: 'Sized', data: new Uint8Array(bytes), ...(metadata ? { metadata } : {}) });
}

describe.each(APPEND_CALLS)('%s', (name, options) => {
  const read = (stream: string) => collect(server.client.readStream(stream));

  test('keeps what it was given', async () => {
    const stream = freshStream();
    const data = { text: 'Grüße 🚀', nested: { list: [1, null, 'two'] } };
    const metadata = { by: 'a test' };
    const before = Date.now();
    const given = jsonEvent({ type: 'Kept', data, metadata });
    const { position } = await server.client.appendToStream(stream, given, options);
    const [resolved] = await read(stream);
    expect(resolved?.event).toMatchObject({
      streamId: stream,
      id: given.id,
      revision: 0n,
      type: 'Kept',
      isJson: true,
      data,
      metadata,
      position,
    });
    expect(resolved?.event?.created.getTime()).toBeGreaterThanOrEqual(before);
    expect(resolved?.event?.created.getTime()).toBeLessThanOrEqual(Date.now());
  });

  test.each([['any'], ['no_stream']] as const)(
    'an empty append expecting %s succeeds on no stream, which stays unknown',
    async (expectedRevision) => {
      const stream = freshStream();
      const result = await server.client.appendToStream(stream, [], { ...options, expectedRevision });
      expect(result.success).toBe(true);
      await expect(read(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
      const { position } = await server.client.appendToStream(stream, event(), options);
      expect(position?.commit).toBeGreaterThan(result.position?.commit ?? 0n);
      const fromThere = await collect(server.client.readAll({ fromPosition: result.position! }));
      expect(typesOf(fromThere)).toEqual(['Happened']);
    },
  );

  test('an empty append to a stream checks the expectation and gives the last revision', async () => {
    const stream = freshStream();
    await server.client.appendToStream(stream, [event(), event()], options);
    await expect(
      server.client.appendToStream(stream, [], { ...options, expectedRevision: 0n }),
    ).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 1n });
    await expect(
      server.client.appendToStream(stream, [], { ...options, expectedRevision: 1n }),
    ).resolves.toMatchObject({ nextExpectedRevision: 1n });
  });

  test.each([
    ['an empty stream name', '', event()],
    ['an empty type', 'bad-requests', event('')],
  ])('%s is refused', async (_what, stream, given) => {
    await expect(server.client.appendToStream(stream, given, options)).rejects.toMatchObject({
      type: 'unknown',
    });
  });

  test.each([['$all'], ['$$$$x'], ['$system']])('a stream named %s is taken', async (stream) => {
    await expect(server.client.appendToStream(stream, event('$foo'), options)).resolves.toMatchObject({
      success: true,
    });
  });

  test('exactly the limit of data is taken, with metadata beyond it', async () => {
    const stream = freshStream();
    const metadata = { long: 'x'.repeat(1.2 * MEBIBYTE) };
    await server.client.appendToStream(stream, ofSize(MEBIBYTE, metadata), options);
    const [resolved] = await read(stream);
    expect(resolved?.event?.data).toHaveLength(MEBIBYTE);
    expect(resolved?.event?.metadata).toEqual(metadata);
  });

  test('more data than the limit is refused, and later appends are not', async () => {
    const stream = freshStream();
    await expect(server.client.appendToStream(stream, ofSize(MEBIBYTE + 1), options)).rejects.toMatchObject({
      type: 'maximum-append-size-exceeded',
      maxAppendSize: MEBIBYTE,
    });
    await expect(server.client.appendToStream(stream, event(), options)).resolves.toMatchObject({
      nextExpectedRevision: 0n,
    });
  });

  test('a message of 20 MiB is refused as it comes, and later appends are not', async () => {
    const stream = freshStream();
    const giant = ofSize(20 * MEBIBYTE);
    await expect(server.client.appendToStream(stream, giant, options)).rejects.toMatchObject({
      type: 'unknown',
      code: 8,
    });
    await expect(server.client.appendToStream(stream, event(), options)).resolves.toMatchObject({
      nextExpectedRevision: 0n,
    });
  });

  test('every event of an append has a position, and the answer holds the last', async () => {
    const stream = freshStream();
    const { position } = await server.client.appendToStream(stream, [event(), event(), event()], options);
    const positions = (await read(stream)).map((resolved) => resolved.event?.position?.commit ?? 0n);
    expect(new Set(positions).size).toBe(3);
    expect(positions).toEqual(positions.toSorted((one, two) => Number(one - two)));
    expect(positions.at(-1)).toBe(position?.commit);
  });

  test('a conflict that shall not throw tells where the stream is', async () => {
    const stream = freshStream();
    await server.client.appendToStream(stream, [event(), event(), event()], options);
    const quiet = EventStoreDBClient.connectionString(`${server.node.url}&throwOnAppendFailure=false`);
    const conflict = { ...options, expectedRevision: 0n };
    const result = await quiet.appendToStream(stream, event(), conflict);
    // On batch append the client says 1 whatever the revision is.
    const told = name === 'batch append' ? 1n : 2n;
    expect(result).toMatchObject({ success: false, nextExpectedRevision: told });
    const missing = await quiet.appendToStream(freshStream(), event(), conflict);
    expect(missing).toMatchObject({ success: false, nextExpectedRevision: -1n });
    await quiet.dispose();
  });
});

test('an append of several messages is one append', async () => {
  const stream = freshStream();
  const events = Array.from({ length: 50 }, () => event());
  await server.client.appendToStream(stream, events, { batchAppendSize: 500 });
  const last = await collect(
    server.client.readStream(stream, { direction: BACKWARDS, fromRevision: END, maxCount: 1 }),
  );
  expect(last[0]?.event).toMatchObject({ revision: 49n, id: events.at(-1)?.id });
});
