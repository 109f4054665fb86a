import { BACKWARDS, END, FORWARDS, jsonEvent, START } from '@eventstore/db-client';
import { collect, event, revisionsOf } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type ReadOptions } from './subject.js';
import { type Heading, refusals, type ScenarioRow, scenarios } from './tables.js';

const area = 'reading a stream';
const documented = (source: string): Heading => ({ area, source });

/** What is asked of a stream that holds a, b, c and d, and what it gives. */
function given(name: string, options: ReadOptions, expected: string): ScenarioRow {
  return [
    name,
    async (subject) => {
      await subject.append('a', 'b', 'c', 'd');
      expect((await subject.read(options)).join(' ')).toBe(expected);
    },
  ];
}

const backwards = (fromRevision: ReadOptions['fromRevision'], maxCount?: number): ReadOptions => ({
  direction: BACKWARDS,
  ...(fromRevision === undefined ? {} : { fromRevision }),
  ...(maxCount === undefined ? {} : { maxCount }),
});

const directions = scenarios(
  documented('client suite: readStream; EventStoreDB clients: Reading from a stream'),
  [
    given('forwards from the start unless told otherwise', {}, 'a b c d'),
    given('forwards from the start', { direction: FORWARDS, fromRevision: START }, 'a b c d'),
    given('forwards from a revision, with its event', { fromRevision: 1n }, 'b c d'),
    given('forwards from the last revision', { fromRevision: 3n }, 'd'),
    given('forwards, as many as asked for', { maxCount: 2 }, 'a b'),
    given('forwards from a revision, as many as asked for', { fromRevision: 1n, maxCount: 2 }, 'b c'),
    given('forwards, all when more are asked for', { maxCount: 100 }, 'a b c d'),
    given('backwards from the end', backwards(END), 'd c b a'),
    given('backwards from the end, the last only', backwards(END, 1), 'd'),
    given('backwards from a revision, with its event', backwards(1n), 'b a'),
    given('backwards from a revision, as many as asked for', backwards(2n, 2), 'c b'),
    given('backwards from the start, the first only', backwards(START), 'a'),
    given('backwards from revision 0, the first only', backwards(0n), 'a'),
  ],
);

const observed = scenarios({ area, source: 'observed: Reads' }, [
  given('forwards from beyond the end: nothing', { fromRevision: 4n }, ''),
  given('forwards from far beyond the end: nothing', { fromRevision: 1_000_000n }, ''),
  given('backwards from beyond the end: from the last', backwards(9n, 2), 'd c'),
]);

const refused = refusals({ area, source: 'observed: Reads' }, [
  [
    'forwards from the end is refused',
    async (subject) => {
      await subject.append('a');
      await subject.read({ direction: FORWARDS, fromRevision: END });
    },
    { type: 'unknown', code: 2 },
  ],
  [
    'a count of 0 is refused',
    async (subject) => {
      await subject.append('a');
      await subject.read({ maxCount: 0 });
    },
    { type: 'unknown', code: 2 },
  ],
  ...([FORWARDS, BACKWARDS] as const).map(
    (direction) =>
      [
        `an unknown stream, read ${direction}, is not found, without a code`,
        (subject) => subject.read({ direction, fromRevision: direction === FORWARDS ? START : END }),
        ({ stream }) => ({ type: 'stream-not-found', streamName: stream, code: undefined }),
      ] as const satisfies Parameters<typeof refusals>[1][number],
  ),
  ...([FORWARDS, BACKWARDS] as const).map(
    (direction) =>
      [
        `a soft-deleted stream, read ${direction}, is not found, without a code`,
        async (subject) => {
          await subject.append('a');
          await subject.client.deleteStream(subject.stream);
          await subject.read({ direction, fromRevision: direction === FORWARDS ? START : END });
        },
        ({ stream }) => ({ type: 'stream-not-found', streamName: stream, code: undefined }),
      ] as const satisfies Parameters<typeof refusals>[1][number],
  ),
  ...([FORWARDS, BACKWARDS] as const).map(
    (direction) =>
      [
        `a tombstoned stream, read ${direction}, is deleted, with code 9`,
        async (subject) => {
          await subject.append('a');
          await subject.client.tombstoneStream(subject.stream);
          await subject.read({ direction, fromRevision: direction === FORWARDS ? START : END });
        },
        ({ stream }) => ({ type: 'stream-deleted', streamName: stream, code: 9 }),
      ] as const satisfies Parameters<typeof refusals>[1][number],
  ),
]);

const arguments_ = refusals(documented('client suite: readStream, errors'), [
  [
    'a negative revision is refused by the client',
    async (subject) => {
      await subject.append('a');
      await subject.read(backwards(-1n));
    },
    { type: 'invalid-argument' },
  ],
  [
    'a revision beyond 64 bits is refused by the client',
    async (subject) => {
      await subject.append('a');
      await subject.read(backwards(18446744073709551616n));
    },
    { type: 'invalid-argument' },
  ],
]);

const many = scenarios(documented('client: README, reading a stream as an asynchronous iterator'), [
  [
    'a stream longer than many pages is given whole, both ways',
    async (subject) => {
      const count = 1000;
      await subject.append(...Array.from({ length: count }, () => 'Many'));
      const upwards = Array.from({ length: count }, (_, revision) => BigInt(revision));
      const { client, stream } = subject;
      expect(revisionsOf(await collect(client.readStream(stream)))).toEqual(upwards);
      const back = await collect(client.readStream(stream, backwards(END)));
      expect(revisionsOf(back)).toEqual(upwards.toReversed());
    },
  ],
  [
    'a reader that takes its time gets everything, in order',
    async (subject) => {
      const long = 'x'.repeat(50_000);
      const events = Array.from({ length: 100 }, () => jsonEvent({ type: 'Long', data: { long } }));
      for (let from = 0; from < events.length; from += 20) await subject.write(events.slice(from, from + 20));
      const ids: string[] = [];
      for await (const resolved of subject.client.readStream(subject.stream)) {
        await new Promise((resolve) => setImmediate(resolve));
        ids.push(defined(resolved.event?.id));
      }
      expect(ids).toEqual(events.map(({ id }) => id));
    },
  ],
  [
    'a read that is left in the middle ends, and the next one works',
    async (subject) => {
      await subject.append(...Array.from({ length: 2000 }, () => 'Many'));
      let seen = 0;
      for await (const resolved of subject.client.readStream(subject.stream)) {
        seen += 1;
        if (resolved.event?.revision === 3n) break;
      }
      expect(seen).toBe(4);
      expect(await subject.read({ maxCount: 5 })).toHaveLength(5);
    },
  ],
  [
    'a read sees what was acknowledged before it',
    async (subject) => {
      for (let count = 1; count <= 30; count++) {
        await subject.write(event('Seen'));
        expect(await subject.read(backwards(END, 1))).toEqual(['Seen']);
        expect(await subject.read()).toHaveLength(count);
      }
    },
  ],
  [
    'the last event has the position of its append',
    async (subject) => {
      const { position } = await subject.append('a', 'b');
      const [last] = await collect(subject.client.readStream(subject.stream, backwards(END, 1)));
      expect(last?.event?.position).toEqual(position);
    },
  ],
]);

describeEventStore('reading a stream', directions, observed, refused, arguments_, many);
