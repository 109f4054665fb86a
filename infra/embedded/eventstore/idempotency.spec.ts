import { randomUUID } from 'node:crypto';
import { type AppendExpectedRevision } from '@eventstore/db-client';
import {
  APPEND_CALLS,
  type AnyEvent,
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

describe.each(APPEND_CALLS)('%s', (_name, options) => {
  const append = (stream: string, events: AnyEvent[], expectedRevision: AppendExpectedRevision = 'any') =>
    server.client.appendToStream(stream, events, { ...options, expectedRevision });
  const read = async (stream: string) => typesOf(await collect(server.client.readStream(stream)));

  const a = (): AnyEvent => event('a');
  const named = (): Record<string, AnyEvent> => ({ a: a(), b: event('b'), c: event('c'), new: event('new') });
  const pick = (events: Record<string, AnyEvent>, names: string): AnyEvent[] =>
    names.split(' ').map((name) => events[name]!);

  test.each<[string, string, AppendExpectedRevision, bigint]>([
    ['a', 'a', 'any', 0n],
    ['a', 'a', 'stream_exists', 0n],
    ['a b c', 'a', 'any', 0n],
    ['a b c', 'a', 'stream_exists', 0n],
    ['a b c', 'a', 'no_stream', 0n],
    ['a b c', 'b', 0n, 1n],
    ['a b', 'a b', 'any', 1n],
    ['a b', 'a', 'any', 0n],
    ['a b', 'b', 'any', 1n],
    ['a b', 'b a', 'any', 0n],
    ['a b', 'a b', 'no_stream', 1n],
    ['a b', 'a', 'no_stream', 0n],
    ['a b c', 'b c', 0n, 2n],
    ['a b c', 'b', 0n, 1n],
  ])(
    'holding [%s], [%s] again with %s succeeds at %s and writes nothing',
    async (held, again, expected, revision) => {
      const stream = freshStream();
      const events = named();
      const positions = new Map<bigint, unknown>();
      let next = 0n;
      for (const one of pick(events, held)) positions.set(next++, (await append(stream, [one])).position);
      const result = await append(stream, pick(events, again), expected);
      expect(result).toMatchObject({ nextExpectedRevision: revision, position: positions.get(revision) });
      expect(await read(stream)).toEqual(held.split(' '));
    },
  );

  test.each<[string, string, AppendExpectedRevision, bigint]>([
    ['a b', 'b', 'no_stream', 1n],
    ['a b', 'a', 7n, 1n],
    ['a b', 'b new', 'any', 1n],
    ['a b', 'a b new', 'no_stream', 1n],
    ['a b', 'b new', 0n, 1n],
    ['a b c', 'new', 0n, 2n],
  ])('holding [%s], [%s] with %s conflicts at %s', async (held, asked, expected, actual) => {
    const stream = freshStream();
    const events = named();
    await append(stream, pick(events, held));
    await expect(append(stream, pick(events, asked), expected)).rejects.toMatchObject({
      type: 'wrong-expected-version',
      expectedVersion: expected,
      actualVersion: actual,
    });
    expect(await read(stream)).toEqual(held.split(' '));
  });

  test.each<[string, string, AppendExpectedRevision, string]>([
    ['a b', 'b', 1n, 'a b b'],
    ['a b', 'new b', 'any', 'a b new b'],
  ])('holding [%s], [%s] with %s is written, giving [%s]', async (held, asked, expected, given) => {
    const stream = freshStream();
    const events = named();
    await append(stream, pick(events, held));
    await append(stream, pick(events, asked), expected);
    expect(await read(stream)).toEqual(given.split(' '));
  });

  test('an id twice in one append is written twice, and the append repeated writes nothing', async () => {
    const stream = freshStream();
    const x = event('x');
    await append(stream, [x, x]);
    await expect(append(stream, [x, x])).resolves.toMatchObject({ success: true });
    expect(await read(stream)).toEqual(['x', 'x']);
  });

  test('the same id in another stream is another event', async () => {
    const x = event('x');
    const [one, two] = [freshStream(), freshStream()];
    await append(one, [x]);
    await append(two, [x]);
    expect(await read(two)).toEqual(['x']);
  });

  test.each<[AppendExpectedRevision]>([['any'], ['no_stream']])(
    'the same event from many at once with %s is written once and answered to all',
    async (expected) => {
      const stream = freshStream();
      const x = event('x');
      const results = await Promise.all(Array.from({ length: 10 }, () => append(stream, [x], expected)));
      expect(new Set(results.map((result) => result.nextExpectedRevision))).toEqual(new Set([0n]));
      expect(await read(stream)).toEqual(['x']);
    },
  );

  test('the same event from many at once behind an exact revision is written once and answered to all', async () => {
    const stream = freshStream();
    await append(stream, [event('a')]);
    const x = event('x');
    const results = await Promise.all(Array.from({ length: 10 }, () => append(stream, [x], 0n)));
    expect(new Set(results.map((result) => result.nextExpectedRevision))).toEqual(new Set([1n]));
    expect(await read(stream)).toEqual(['a', 'x']);
  });

  test('an id that is a UUIDv8 is given back as it is', async () => {
    const stream = freshStream();
    const id = randomUUID().replace(/^(.{14})4/, '$18');
    await append(stream, [event('x', id)]);
    const [read] = await collect(server.client.readStream(stream));
    expect(read?.event?.id).toBe(id);
  });

  test('a known id after a soft delete succeeds without a position and writes nothing', async () => {
    const stream = freshStream();
    const x = event('x');
    await append(stream, [x]);
    await server.client.deleteStream(stream);
    const result = await append(stream, [x]);
    expect(result).toMatchObject({ success: true, nextExpectedRevision: 0n });
    expect(result.position).toBeUndefined();
    await expect(read(stream)).rejects.toMatchObject({ type: 'stream-not-found' });
  });
});
