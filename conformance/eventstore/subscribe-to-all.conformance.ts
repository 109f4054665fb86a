import { END, START } from '@eventstore/db-client';
import { collect, event, Listener } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { scenarios } from './tables.js';

type AllOptions = NonNullable<Parameters<EventStoreSubject['client']['subscribeToAll']>[0]>;

/** Follows `$all`; the types of the case tell its own events from those of others. */
function followAll({ client }: EventStoreSubject, options: AllOptions = {}): Listener {
  return new Listener(client.subscribeToAll(options));
}

const own = (subject: EventStoreSubject, { events }: Listener): string[] =>
  events.filter((type) => type.startsWith(subject.stream));

const ofAll = 'subscribing to $all';

const observedOfAll = scenarios({ area: ofAll, source: 'observed: Subscriptions' }, [
  [
    'from a position, exclusive',
    async (subject) => {
      const [before, after] = [subject.named('before'), subject.named('after')];
      const { position } = await subject.append(before);
      await subject.append(after);
      const listener = followAll(subject, { fromPosition: defined(position) });
      await listener.untilHeard(after);
      await listener.leave();
      expect(own(subject, listener)).toEqual([after]);
    },
  ],
  [
    'it is confirmed, gets the events, and has caught up',
    async (subject) => {
      const [first, last] = [subject.named('first'), subject.named('last')];
      const { position } = await subject.append('before');
      await subject.append(first);
      const listener = followAll(subject, { fromPosition: defined(position) });
      await listener.untilHeard('caughtUp');
      await subject.append(last);
      await listener.untilHeard(last);
      await listener.leave();
      expect(listener.heard[0]).toBe('confirmation');
      expect(own(subject, listener)).toEqual([first, last]);
    },
  ],
]);

const documentedOfAll = scenarios(
  { area: ofAll, source: 'client suite: subscribeToAll; EventStoreDB clients: Catch-up subscriptions' },
  [
    [
      'from the end, it gets only what comes',
      async (subject) => {
        const [before, after] = [subject.named('before'), subject.named('after')];
        await subject.append(before);
        const listener = followAll(subject, { fromPosition: END });
        await listener.untilHeard('caughtUp');
        await subject.append(after);
        await listener.untilHeard(after);
        await listener.leave();
        expect(own(subject, listener)).toEqual([after]);
      },
    ],
    [
      'from the start, it gets what was there and what comes',
      async (subject) => {
        const [old, fresh] = [subject.named('old'), subject.named('fresh')];
        await subject.append(old);
        const listener = followAll(subject, { fromPosition: START });
        await listener.untilHeard('caughtUp');
        await subject.append(fresh);
        await listener.untilHeard(fresh);
        await listener.leave();
        expect(own(subject, listener)).toEqual([old, fresh]);
      },
    ],
    [
      'it gets events of all streams in the order of their positions',
      async (subject) => {
        const { position } = await subject.append('before');
        const streams = ['one', 'two', 'three', 'four'].map((name) => subject.named(name));
        const last = subject.named('last');
        const seen: bigint[] = [];
        const subscription = subject.client.subscribeToAll({ fromPosition: defined(position) });
        const writing = Promise.all(
          streams.map(async (stream) => {
            for (let count = 0; count < 25; count++) await subject.appendTo(stream, 'Written');
          }),
        ).then(() => subject.append(last));
        for await (const resolved of subscription) {
          seen.push(defined(resolved.event?.position.commit));
          if (resolved.event?.type === last) break;
        }
        await writing;
        expect(seen.toSorted((left, right) => (left < right ? -1 : 1))).toEqual(seen);
        expect(new Set(seen).size).toBe(seen.length);
        expect(seen.length).toBeGreaterThanOrEqual(101);
      },
    ],
    [
      'it gets what a read of $all gives',
      async (subject) => {
        const { position } = await subject.append('before');
        const fromPosition = defined(position);
        const last = subject.named('last');
        await subject.append(...Array.from({ length: 50 }, () => 'Many'));
        await subject.append(last);
        const ids: string[] = [];
        for await (const resolved of subject.client.subscribeToAll({ fromPosition })) {
          ids.push(defined(resolved.event?.id));
          if (resolved.event?.type === last) break;
        }
        const maxCount = ids.length + 1;
        const read = await collect(subject.client.readAll({ fromPosition, maxCount }));
        expect(ids).toEqual(read.slice(1).map((resolved) => resolved.event?.id));
      },
    ],
    [
      'system events are given too',
      async (subject) => {
        const { position } = await subject.append('before');
        const last = subject.named('last');
        await subject.client.setStreamMetadata(subject.stream, { maxCount: 100 });
        await subject.append(last);
        const listener = followAll(subject, { fromPosition: defined(position) });
        await listener.untilHeard(last);
        await listener.leave();
        expect(listener.events).toContain('$metadata');
      },
    ],
    [
      'from a position that is none, it is refused',
      async (subject) => {
        await subject.client.appendToStream(subject.stream, [event('a'), event('b')]);
        const [first] = await subject.positions();
        const commit = defined(first).commit + 1n;
        const listener = followAll(subject, { fromPosition: { commit, prepare: commit } });
        await listener.untilHeard('unknown');
        expect(listener.events).toEqual(['unknown']);
      },
    ],
    [
      'one that takes its time misses nothing',
      async (subject) => {
        const types = Array.from({ length: 300 }, (_, index) => subject.named(String(index)));
        const { position } = await subject.append('before');
        const subscription = subject.client.subscribeToAll({ fromPosition: defined(position) });
        await subject.append(...types);
        const seen: string[] = [];
        for await (const resolved of subscription) {
          await new Promise((resolve) => setImmediate(resolve));
          const type = resolved.event?.type ?? '';
          if (type.startsWith(subject.stream)) seen.push(type);
          if (type === types.at(-1)) break;
        }
        expect(seen).toEqual(types);
      },
    ],
  ],
);

describeEventStore('subscribing to $all', observedOfAll, documentedOfAll);
