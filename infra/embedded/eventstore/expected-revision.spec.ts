import { type AppendExpectedRevision } from '@eventstore/db-client';
import { APPEND_CALLS, type TestNode, event, freshStream, startTestNode } from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

type Condition = 'never existed' | 'holds revisions 0 to 2' | 'was soft-deleted' | 'was tombstoned';

async function streamThat(condition: Condition): Promise<string> {
  const stream = freshStream();
  if (condition === 'never existed') return stream;
  await server.client.appendToStream(stream, [event(), event(), event()]);
  if (condition === 'was soft-deleted') await server.client.deleteStream(stream);
  if (condition === 'was tombstoned') await server.client.tombstoneStream(stream);
  return stream;
}

describe.each(APPEND_CALLS)('%s', (_name, options) => {
  const appendTo = (stream: string, expectedRevision: AppendExpectedRevision) =>
    server.client.appendToStream(stream, event(), { ...options, expectedRevision });

  test.each<[Condition, AppendExpectedRevision, bigint]>([
    ['never existed', 'any', 0n],
    ['never existed', 'no_stream', 0n],
    ['holds revisions 0 to 2', 'any', 3n],
    ['holds revisions 0 to 2', 'stream_exists', 3n],
    ['holds revisions 0 to 2', 2n, 3n],
    ['was soft-deleted', 'any', 3n],
    ['was soft-deleted', 'no_stream', 3n],
    ['was soft-deleted', 2n, 3n],
  ])(
    'a stream that %s takes an append expecting %s as revision %s',
    async (condition, expected, revision) => {
      const result = await appendTo(await streamThat(condition), expected);
      expect(result).toMatchObject({ success: true, nextExpectedRevision: revision });
      expect(result.position?.commit).toBe(result.position?.prepare);
    },
  );

  test.each<[Condition, AppendExpectedRevision, bigint | 'no_stream']>([
    ['never existed', 'stream_exists', 'no_stream'],
    ['never existed', 0n, 'no_stream'],
    ['never existed', 5n, 'no_stream'],
    ['holds revisions 0 to 2', 'no_stream', 2n],
    ['holds revisions 0 to 2', 0n, 2n],
    ['holds revisions 0 to 2', 9n, 2n],
    ['was soft-deleted', 0n, 2n],
    ['was soft-deleted', 3n, 2n],
  ])('a stream that %s refuses an append expecting %s, being at %s', async (condition, expected, actual) => {
    const stream = await streamThat(condition);
    await expect(appendTo(stream, expected)).rejects.toMatchObject({
      type: 'wrong-expected-version',
      streamName: stream,
      expectedVersion: expected,
      actualVersion: actual,
    });
  });

  test.each<[Condition, AppendExpectedRevision]>([
    ['was soft-deleted', 'stream_exists'],
    ['was tombstoned', 'any'],
    ['was tombstoned', 'no_stream'],
    ['was tombstoned', 'stream_exists'],
    ['was tombstoned', 2n],
  ])('a stream that %s answers an append expecting %s that it is deleted', async (condition, expected) => {
    const stream = await streamThat(condition);
    await expect(appendTo(stream, expected)).rejects.toMatchObject({
      type: 'stream-deleted',
      streamName: stream,
    });
  });

  test('a tombstoned stream takes not even an event it already holds', async () => {
    const stream = freshStream();
    const known = event();
    await server.client.appendToStream(stream, known, options);
    await server.client.tombstoneStream(stream);
    await expect(server.client.appendToStream(stream, known, options)).rejects.toMatchObject({
      type: 'stream-deleted',
    });
  });
});

test('the unary call says in words that a stream is deleted', async () => {
  const stream = await streamThat('was tombstoned');
  const options = APPEND_CALLS[1][1];
  await expect(server.client.appendToStream(stream, event(), options)).rejects.toMatchObject({
    code: 9,
    message: `9 FAILED_PRECONDITION: Event stream '${stream}' is deleted.`,
  });
});
