import { type ResolvedEvent } from '@eventstore/db-client';
import { type TestNode, collect, event, freshStream, link, startTestNode } from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

const RESOLVED = { resolveLinkTos: true };

async function linkTo(target: string): Promise<string> {
  const stream = freshStream();
  await server.client.appendToStream(stream, link(target));
  return stream;
}

test('a link resolves to its event, and gives both', async () => {
  const target = freshStream();
  await server.client.appendToStream(target, [event('zero'), event('one')]);
  const stream = await linkTo(`1@${target}`);
  const [resolved] = await collect(server.client.readStream(stream, RESOLVED));
  expect(resolved?.event).toMatchObject({ streamId: target, revision: 1n, type: 'one' });
  expect(resolved?.link).toMatchObject({ streamId: stream, revision: 0n, type: '$>' });
});

test('a link is given as it is when nobody asks to resolve it', async () => {
  const stream = await linkTo('0@anywhere');
  const [resolved] = await collect(server.client.readStream(stream));
  expect(resolved?.event).toMatchObject({ type: '$>' });
  expect(resolved?.link).toBeUndefined();
});

test.each<[string, (target: string) => Promise<unknown>]>([
  ['is missing', () => Promise.resolve()],
  [
    'is truncated',
    async (target) => {
      await server.client.appendToStream(target, [event(), event()]);
      await server.client.setStreamMetadata(target, { truncateBefore: 1 });
    },
  ],
  [
    'is deleted',
    async (target) => {
      await server.client.appendToStream(target, event());
      await server.client.deleteStream(target);
    },
  ],
  [
    'is tombstoned',
    async (target) => {
      await server.client.appendToStream(target, event());
      await server.client.tombstoneStream(target);
    },
  ],
])('a link whose target %s resolves to nothing, in reads and subscriptions alike', async (_how, prepare) => {
  const target = freshStream();
  await prepare(target);
  const stream = await linkTo(`0@${target}`);
  const expectNothing = (resolved: ResolvedEvent | undefined): void => {
    expect(resolved?.event).toBeUndefined();
    expect(resolved?.link).toMatchObject({ streamId: stream, type: '$>' });
  };
  const [read] = await collect(server.client.readStream(stream, RESOLVED));
  expectNothing(read);
  const subscription = server.client.subscribeToStream(stream, RESOLVED);
  for await (const resolved of subscription) {
    expectNothing(resolved);
    break;
  }
});

test('one level of links is resolved', async () => {
  const target = freshStream();
  await server.client.appendToStream(target, event());
  const first = await linkTo(`0@${target}`);
  const second = await linkTo(`0@${first}`);
  const [resolved] = await collect(server.client.readStream(second, RESOLVED));
  expect(resolved?.event).toMatchObject({ streamId: first, type: '$>' });
});

test.each(['nonsense', '@stream', 'x@stream', '1@', ''])(
  'a link that says "%s" is an event of its own',
  async (text) => {
    const stream = await linkTo(text);
    const [resolved] = await collect(server.client.readStream(stream, RESOLVED));
    expect(resolved?.event).toMatchObject({ streamId: stream, type: '$>' });
    expect(resolved?.link).toBeUndefined();
  },
);
