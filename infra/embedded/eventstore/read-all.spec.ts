import { BACKWARDS, END, type Position, START } from '@eventstore/db-client';
import { type TestNode, collect, event, freshStream, startTestNode, typesOf } from './testing.js';

type AllOptions = NonNullable<Parameters<TestNode['client']['readAll']>[0]>;

let server: TestNode;
let positions: Position[];

async function read(options: AllOptions = {}): Promise<string> {
  return typesOf(await collect(server.client.readAll(options))).join(' ');
}

beforeAll(async () => {
  server = await startTestNode();
  expect(await read()).toBe('$metadata');
  positions = [];
  for (const type of ['a', 'b', 'c']) {
    const { position } = await server.client.appendToStream(freshStream(), event(type));
    positions.push(position!);
  }
});
afterAll(() => server.stop());

test('$all of a new server holds the metadata of its scavenges', async () => {
  const [first] = await collect(server.client.readAll({ maxCount: 1 }));
  expect(first?.event).toMatchObject({ streamId: '$$$scavenges', type: '$metadata', revision: 0n });
});

test.each<[string, () => AllOptions, string]>([
  ['forwards', () => ({}), '$metadata a b c'],
  ['forwards from a position, with its event', () => ({ fromPosition: positions[1]! }), 'b c'],
  ['forwards, some', () => ({ maxCount: 2 }), '$metadata a'],
  ['forwards from the end', () => ({ fromPosition: END }), ''],
  ['forwards from beyond the end', () => ({ fromPosition: beyond() }), ''],
  ['backwards from the end', () => ({ direction: BACKWARDS, fromPosition: END }), 'c b a $metadata'],
  [
    'backwards from a position, without its event',
    () => ({ direction: BACKWARDS, fromPosition: positions[1]! }),
    'a $metadata',
  ],
  ['backwards from the start', () => ({ direction: BACKWARDS, fromPosition: START }), ''],
  ['backwards, one', () => ({ direction: BACKWARDS, fromPosition: END, maxCount: 1 }), 'c'],
])('$all is read %s', async (_how, options, expected) => {
  expect(await read(options())).toBe(expected);
});

function beyond(): Position {
  const commit = (positions.at(-1)?.commit ?? 0n) + 1_000_000n;
  return { commit, prepare: commit };
}

function between(): Position {
  const commit = (positions[0]?.commit ?? 0n) + 1n;
  return { commit, prepare: commit };
}

test.each<[string, () => AllOptions]>([
  ['from a position that is none', () => ({ fromPosition: between() })],
  ['backwards from a position that is none', () => ({ direction: BACKWARDS, fromPosition: between() })],
  ['backwards from beyond the end', () => ({ direction: BACKWARDS, fromPosition: beyond() })],
  [
    'from a position prepared after its commit',
    () => ({ fromPosition: { commit: positions[0]!.commit, prepare: positions[1]!.commit } }),
  ],
  ['without any events', () => ({ maxCount: 0 })],
])('a read of $all %s is refused', async (_how, options) => {
  await expect(read(options())).rejects.toMatchObject({ type: 'unknown', code: 2 });
});

test('positions rise along $all, and each finds its own event', async () => {
  const events = await collect(server.client.readAll());
  let before = -1n;
  for (const resolved of events) {
    const position = resolved.event!.position!;
    expect(position.commit).toBeGreaterThan(before);
    before = position.commit;
    const [found] = await collect(server.client.readAll({ fromPosition: position, maxCount: 1 }));
    expect(found?.event?.id).toBe(resolved.event?.id);
  }
});
