import { BACKWARDS, END, type Position, START } from '@eventstore/db-client';
import { collect, typesOf } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { type RefusalRow, refusals, type ScenarioRow, scenarios } from './tables.js';

type AllOptions = NonNullable<Parameters<EventStoreSubject['client']['readAll']>[0]>;

const area = 'reading $all';

async function types({ client }: EventStoreSubject, options: AllOptions): Promise<string> {
  return typesOf(await collect(client.readAll(options))).join(' ');
}

const FAR = 2n ** 50n;
const beyond: Position = { commit: FAR, prepare: FAR };

type Places = readonly [a: Position, b: Position, c: Position];

/** Appends a, b and c at once, which puts them side by side in `$all` whoever else writes. */
async function abc(subject: EventStoreSubject): Promise<Places> {
  await subject.append('a', 'b', 'c');
  const [a, b, c] = await subject.positions();
  return [defined(a), defined(b), defined(c)];
}

function given(name: string, options: (places: Places) => AllOptions, expected: string): ScenarioRow {
  return [
    name,
    async (subject) => {
      const places = await abc(subject);
      expect(await types(subject, options(places))).toBe(expected);
    },
  ];
}

const observed = scenarios({ area, source: 'observed: Reads' }, [
  given('forwards from a position, inclusive', ([, b]) => ({ fromPosition: b, maxCount: 2 }), 'b c'),
  given(
    'backwards from a position, exclusive',
    ([, , c]) => ({ direction: BACKWARDS, fromPosition: c, maxCount: 2 }),
    'b a',
  ),
  given('backwards from the start: nothing', () => ({ direction: BACKWARDS, fromPosition: START }), ''),
  given('forwards from beyond the end: nothing', () => ({ fromPosition: beyond }), ''),
  [
    'a new server holds the metadata of its scavenges first',
    async ({ client }) => {
      const [first] = await collect(client.readAll({ maxCount: 1 }));
      expect(first?.event).toMatchObject({ streamId: '$$$scavenges', type: '$metadata', revision: 0n });
    },
  ],
  [
    'a count of 0 never gives an event',
    async (subject) => {
      await subject.append('a');
      const read = subject.client.readAll({ maxCount: 0 });
      let events = 0;
      const ended = new Promise<void>((resolve) => {
        read.on('error', () => resolve());
        read.on('end', () => resolve());
        read.on('data', () => {
          events += 1;
        });
      });
      // The server does not answer: another read, begun later, ends first.
      await Promise.race([ended, subject.read()]);
      await read.cancel();
      expect(events).toBe(0);
    },
  ],
]);

function refused(name: string, options: (places: Places) => AllOptions): RefusalRow {
  return [name, async (subject) => types(subject, options(await abc(subject))), { type: 'unknown', code: 2 }];
}

const none = ({ commit }: Position): Position => ({ commit: commit + 1n, prepare: commit + 1n });

const refusedReads = refusals({ area, source: 'observed: Reads' }, [
  refused('from a position that is none', ([a]) => ({ fromPosition: none(a) })),
  refused('backwards from a position that is none', ([a]) => ({
    direction: BACKWARDS,
    fromPosition: none(a),
  })),
  refused('from a position prepared after its commit', ([a, b]) => ({
    fromPosition: { commit: a.commit, prepare: b.prepare },
  })),
  refused('backwards from beyond the end', () => ({ direction: BACKWARDS, fromPosition: beyond })),
]);

const documented = scenarios(
  { area, source: 'client suite: readAll; EventStoreDB clients: Reading from $all' },
  [
    [
      'forwards from the start, the streams in the order in which they were written',
      async (subject) => {
        const [one, other] = [subject.named('one'), subject.named('other')];
        await subject.appendTo(one, 'a', 'b');
        await subject.appendTo(other, 'c');
        await subject.appendTo(one, 'd');
        const own: string[] = [];
        for await (const { event } of subject.client.readAll()) {
          if (event?.streamId.startsWith(subject.stream) === true) own.push(event.type);
          if (own.length === 4) break;
        }
        expect(own).toEqual(['a', 'b', 'c', 'd']);
      },
    ],
    [
      'backwards from the end, the newest first',
      async (subject) => {
        await subject.append('a', 'b', 'c');
        const own: string[] = [];
        for await (const { event } of subject.client.readAll({ direction: BACKWARDS, fromPosition: END })) {
          if (event?.streamId === subject.stream) own.push(event.type);
          if (own.length === 3) break;
        }
        expect(own).toEqual(['c', 'b', 'a']);
      },
    ],
    [
      'forwards from the end: nothing that was there',
      async (subject) => {
        await subject.append('a');
        const events = await collect(subject.client.readAll({ fromPosition: END }));
        expect(events.filter(({ event }) => event?.streamId === subject.stream)).toEqual([]);
      },
    ],
    [
      'as many as asked for',
      async (subject) => {
        const [a] = await abc(subject);
        expect(await collect(subject.client.readAll({ fromPosition: a, maxCount: 3 }))).toHaveLength(3);
        expect(await collect(subject.client.readAll({ maxCount: 1 }))).toHaveLength(1);
      },
    ],
    [
      'an event read from its position is the same event as in its stream',
      async (subject) => {
        const [, b] = await abc(subject);
        const [fromAll] = await collect(subject.client.readAll({ fromPosition: b, maxCount: 1 }));
        const [fromStream] = await collect(
          subject.client.readStream(subject.stream, { fromRevision: 1n, maxCount: 1 }),
        );
        expect(fromAll?.event).toMatchObject({ ...fromStream?.event });
      },
    ],
    [
      'positions rise, and commit and prepare are the same',
      async (subject) => {
        for (const type of ['a', 'b', 'c']) await subject.append(type);
        const positions = await subject.positions();
        for (const { commit, prepare } of positions) expect(commit).toBe(prepare);
        const commits = positions.map(({ commit }) => commit);
        expect(commits.toSorted((left, right) => (left < right ? -1 : 1))).toEqual(commits);
        expect(new Set(commits).size).toBe(3);
      },
    ],
    [
      'what was deleted is still there',
      async (subject) => {
        const [a] = await abc(subject);
        await subject.client.deleteStream(subject.stream);
        expect(await types(subject, { fromPosition: a, maxCount: 3 })).toBe('a b c');
      },
    ],
    [
      'a read that is left in the middle ends',
      async (subject) => {
        await abc(subject);
        let seen = 0;
        for await (const resolved of subject.client.readAll()) {
          if (resolved.event) seen += 1;
          if (seen === 2) break;
        }
        expect(seen).toBe(2);
      },
    ],
  ],
);

describeEventStore('reading $all', observed, refusedReads, documented);
