import { END, type EventStoreDBClient, eventTypeFilter, streamNameFilter } from '@eventstore/db-client';
import { Listener, type TestNode, event, freshStream, startTestNode } from './testing.js';

let server: TestNode;

beforeAll(async () => {
  server = await startTestNode();
});
afterAll(() => server.stop());

type Filter = NonNullable<NonNullable<Parameters<EventStoreDBClient['subscribeToAll']>[0]>['filter']>;

async function append(stream: string, ...types: string[]) {
  const result = await server.client.appendToStream(
    stream,
    types.map((type) => event(type)),
  );
  return result.position!;
}

const mark = 'filtered';

beforeAll(async () => {
  await append(`${mark}-one`, 'Apple', 'Pear');
  await append(`${mark}-two`, 'Apple', 'Plum');
  await append(`other-${mark}`, 'Cherry');
  await append(`${mark}-one`, 'Last');
});

test.each<[string, Filter, string]>([
  ['a stream prefix', streamNameFilter({ prefixes: [`${mark}-one`] }), 'Apple Pear Last'],
  [
    'several stream prefixes',
    streamNameFilter({ prefixes: [`${mark}-one`, `other-${mark}`] }),
    'Apple Pear Cherry Last',
  ],
  ['a stream pattern', streamNameFilter({ regex: `^${mark}-(one|two)$` }), 'Apple Pear Apple Plum Last'],
  ['type prefixes', eventTypeFilter({ prefixes: ['Pl', 'Last'] }), 'Plum Last'],
  ['a type pattern', eventTypeFilter({ regex: '^(Apple|Last)$' }), 'Apple Apple Last'],
])('by %s', async (_by, filter, expected) => {
  const listener = new Listener(server.client.subscribeToAll({ filter }));
  await listener.untilHeard('caughtUp');
  await listener.untilHeard('Last');
  expect(listener.events.join(' ')).toBe(expected);
  await listener.leave();
});

test('by a pattern that is none are refused', async () => {
  const filter = eventTypeFilter({ regex: '(' });
  const listener = new Listener(server.client.subscribeToAll({ filter }));
  await listener.untilHeard('unknown');
  expect(listener.events).toEqual(['unknown']);
});

test('give a checkpoint for every window times interval events looked at', async () => {
  const stream = freshStream();
  const checkpoints: bigint[] = [];
  let reached = (): void => {};
  const enough = new Promise<void>((resolve) => (reached = resolve));
  const filter = eventTypeFilter({
    prefixes: ['Never'],
    maxSearchWindow: 4,
    checkpointInterval: 2,
    checkpointReached: (_subscription, position) => {
      checkpoints.push(position.commit);
      if (checkpoints.length === 3) reached();
      return Promise.resolve();
    },
  });
  const listener = new Listener(server.client.subscribeToAll({ filter, fromPosition: END }));
  await listener.untilHeard('caughtUp');
  const positions: bigint[] = [];
  for (let count = 0; count < 24; count++) positions.push((await append(stream, 'Looked')).commit);
  await enough;
  expect(checkpoints).toEqual([positions[7], positions[15], positions[23]]);
  await listener.leave();
});
