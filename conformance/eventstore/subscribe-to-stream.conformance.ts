import { END, START } from '@eventstore/db-client';
import { Listener } from '../../infra/embedded/eventstore/testing.js';
import { describeEventStore, type EventStoreSubject } from './subject.js';
import { scenarios } from './tables.js';

type StreamOptions = Parameters<EventStoreSubject['client']['subscribeToStream']>[1];

const follow = ({ client, stream }: EventStoreSubject, options: StreamOptions = {}): Listener =>
  new Listener(client.subscribeToStream(stream, options));

const ofStream = 'subscribing to a stream';

const observedOfStreams = scenarios({ area: ofStream, source: 'observed: Subscriptions' }, [
  [
    'from a revision, exclusive',
    async (subject) => {
      await subject.append('a', 'b', 'c');
      const listener = follow(subject, { fromRevision: 0n });
      await listener.untilHeard('c');
      await listener.leave();
      expect(listener.events).toEqual(['b', 'c']);
    },
  ],
  [
    'it is confirmed, gets the events, has caught up, and gets those that come',
    async (subject) => {
      await subject.append('a', 'b');
      const listener = follow(subject);
      await listener.untilHeard('caughtUp');
      await subject.append('c');
      await listener.untilHeard('c');
      await listener.leave();
      expect(listener.heard[0]).toBe('confirmation');
      expect(listener.events).toEqual(['a', 'b', 'c']);
      expect(listener.heard.filter((what) => what === 'caughtUp')).toHaveLength(1);
    },
  ],
  [
    'to an unknown stream, it has caught up only after the first event',
    async (subject) => {
      const listener = follow(subject);
      await listener.untilHeard('confirmation');
      // Another one catches up meanwhile, so this one had the time to.
      const other = new Listener(subject.client.subscribeToAll({ fromPosition: END }));
      await other.untilHeard('caughtUp');
      expect(listener.heard).toEqual(['confirmation']);
      await subject.append('a');
      await listener.untilHeard('caughtUp');
      await listener.untilHeard('a');
      await Promise.all([listener.leave(), other.leave()]);
      expect(listener.events).toEqual(['a']);
    },
  ],
  [
    'live when the stream is tombstoned, it gets the tombstone and ends',
    async (subject) => {
      await subject.append('a');
      const listener = follow(subject);
      await listener.untilHeard('caughtUp');
      await subject.client.tombstoneStream(subject.stream);
      await listener.untilHeard('stream-deleted');
      expect(listener.events).toEqual(['a', '$streamDeleted', 'stream-deleted']);
    },
  ],
  [
    'live when the stream is soft-deleted, it hears nothing, and goes on',
    async (subject) => {
      await subject.append('a');
      const listener = follow(subject);
      await listener.untilHeard('caughtUp');
      await subject.client.deleteStream(subject.stream);
      await subject.append('b');
      await listener.untilHeard('b');
      await listener.leave();
      expect(listener.events).toEqual(['a', 'b']);
    },
  ],
]);

const documentedOfStreams = scenarios(
  { area: ofStream, source: 'client suite: subscribeToStream; EventStoreDB clients: Catch-up subscriptions' },
  [
    [
      'from the start',
      async (subject) => {
        await subject.append('a', 'b');
        const listener = follow(subject, { fromRevision: START });
        await listener.untilHeard('b');
        await listener.leave();
        expect(listener.events).toEqual(['a', 'b']);
      },
    ],
    [
      'from the end, it gets only what comes',
      async (subject) => {
        await subject.append('a');
        const listener = follow(subject, { fromRevision: END });
        await listener.untilHeard('caughtUp');
        await subject.append('b');
        await listener.untilHeard('b');
        await listener.leave();
        expect(listener.events).toEqual(['b']);
      },
    ],
    [
      'from the last revision, it gets only what comes',
      async (subject) => {
        await subject.append('a', 'b');
        const listener = follow(subject, { fromRevision: 1n });
        await listener.untilHeard('caughtUp');
        await subject.append('c');
        await listener.untilHeard('c');
        await listener.leave();
        expect(listener.events).toEqual(['c']);
      },
    ],
    [
      'it gets the events of its stream only',
      async (subject) => {
        const listener = follow(subject);
        await listener.untilHeard('confirmation');
        await subject.appendTo(subject.named('other'), 'x');
        await subject.append('a');
        await listener.untilHeard('a');
        await listener.leave();
        expect(listener.events).toEqual(['a']);
      },
    ],
    [
      'it can be iterated and left in the middle',
      async (subject) => {
        await subject.append('a', 'b', 'c');
        const types: (string | undefined)[] = [];
        for await (const resolved of subject.client.subscribeToStream(subject.stream)) {
          types.push(resolved.event?.type);
          if (types.length === 2) break;
        }
        expect(types).toEqual(['a', 'b']);
      },
    ],
    [
      'an event has its revision and its position',
      async (subject) => {
        const { position } = await subject.append('a');
        for await (const resolved of subject.client.subscribeToStream(subject.stream)) {
          expect(resolved.event).toMatchObject({ revision: 0n, position });
          break;
        }
      },
    ],
    [
      'it misses nothing of what is written while it catches up',
      async (subject) => {
        const types = Array.from({ length: 400 }, (_, index) => `type-${index}`);
        await subject.append(...types.slice(0, 200));
        const listener = follow(subject);
        for (const type of types.slice(200)) await subject.append(type);
        await listener.untilHeard('type-399');
        await listener.leave();
        expect(listener.events).toEqual(types);
      },
    ],
    [
      'several get every event each',
      async (subject) => {
        const listeners = [follow(subject), follow(subject), follow(subject)];
        await Promise.all(listeners.map((listener) => listener.untilHeard('confirmation')));
        await subject.append('a', 'b');
        await Promise.all(listeners.map((listener) => listener.untilHeard('b')));
        await Promise.all(listeners.map((listener) => listener.leave()));
        for (const { events } of listeners) expect(events).toEqual(['a', 'b']);
      },
    ],
    [
      'to a tombstoned stream, it is told that the stream is deleted',
      async (subject) => {
        await subject.append('a');
        await subject.client.tombstoneStream(subject.stream);
        const listener = follow(subject);
        await listener.untilHeard('stream-deleted');
        expect(listener.events).toEqual(['stream-deleted']);
      },
    ],
    [
      'what is truncated is passed over',
      async (subject) => {
        await subject.append('a', 'b', 'c');
        await subject.client.setStreamMetadata(subject.stream, { truncateBefore: 2 });
        const listener = follow(subject);
        await listener.untilHeard('c');
        await listener.leave();
        expect(listener.events).toEqual(['c']);
      },
    ],
    [
      'a client that is disposed of ends its subscriptions without an error',
      async (subject) => {
        await subject.append('a');
        const client = subject.connect({});
        const subscription = client.subscribeToStream(subject.stream);
        const failures: unknown[] = [];
        subscription.on('error', (error) => failures.push(error));
        const ended = new Promise<void>((resolve) => {
          subscription.on('end', resolve);
        });
        const first = new Promise((resolve) => {
          subscription.once('data', resolve);
        });
        await first;
        await client.dispose();
        await ended;
        expect(failures).toEqual([]);
      },
    ],
  ],
);

describeEventStore('subscribing to a stream', observedOfStreams, documentedOfStreams);
