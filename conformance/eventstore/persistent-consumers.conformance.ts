import { END } from '@eventstore/db-client';
import { acknowledge, eventually } from '../../infra/embedded/eventstore/persistent/testing.js';
import { type Group } from './groups.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { ofBothKinds } from './tables.js';

const untilAnswered = (group: Group) =>
  eventually(
    () => group.info(),
    ({ stats }) => stats.outstandingMessagesCount === 0,
  );

const reading = ofBothKinds({ area: 'reading', source: 'client suite: subscribeToPersistentSubscription' }, [
  [
    'it gives the old events and those that come, in order and for the first time',
    async (subject, group) => {
      await subject.append('a', 'b');
      await group.create();
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(2);
      await subject.append('c', 'd');
      await subscriber.untilGiven(4);
      await subscriber.leave();
      expect(subscriber.types).toEqual(['a', 'b', 'c', 'd']);
      expect(subscriber.given.map(({ retryCount }) => retryCount)).toEqual([0, 0, 0, 0]);
      expect(subscriber.given[2]?.resolved.event).toMatchObject({ streamId: subject.stream, revision: 2n });
    },
  ],
  [
    'one that begins at the end gives what comes after it was made, with nobody connected too',
    async (subject, group) => {
      await subject.append('before');
      await group.create({ startFrom: END });
      await subject.append('after');
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(1);
      await subscriber.leave();
      expect(subscriber.types).toEqual(['after']);
    },
  ],
  [
    'it can be made before its stream is there',
    async (subject, group) => {
      await group.create();
      const subscriber = group.subscribe(acknowledge);
      await subscriber.until(({ isConfirmed }) => isConfirmed);
      await subject.append('a');
      await subscriber.untilGiven(1);
      await subscriber.leave();
      expect(subscriber.types).toEqual(['a']);
    },
  ],
  [
    'a consumer gets no more than its buffer size before it answers',
    async (subject, group) => {
      await subject.append('a', 'b', 'c', 'd', 'e');
      await group.create();
      const subscriber = group.subscribe(undefined, 2);
      await subscriber.untilGiven(2);
      expect((await group.info()).stats.totalInFlightMessages).toBe(2);
      expect(subscriber.types).toEqual(['a', 'b']);
      await subscriber.ack(defined(subscriber.given[0]));
      await subscriber.untilGiven(3);
      await subscriber.leave();
      expect(subscriber.types).toEqual(['a', 'b', 'c']);
    },
  ],
  [
    'it can be iterated and left after the last answer',
    async (subject, group) => {
      await subject.append(...Array.from({ length: 99 }, () => 'Many'), 'Last');
      await group.create();
      const { subscription } = group.subscribe(acknowledge);
      let seen = 0;
      for await (const resolved of subscription) {
        seen += 1;
        if (resolved.event?.type === 'Last') break;
      }
      expect(seen).toBe(100);
    },
  ],
  [
    'several are acknowledged at once',
    async (subject, group) => {
      await subject.append('a', 'b', 'c');
      await group.create();
      const subscriber = group.subscribe();
      await subscriber.untilGiven(3);
      await subscriber.subscription.ack(...subscriber.given.map(({ resolved }) => resolved));
      const { stats } = await untilAnswered(group);
      expect(stats.parkedMessageCount).toBe(0n);
      await subscriber.leave();
    },
  ],
  [
    'what a consumer had not answered when it left is given to the next one as a retry',
    async (subject, group) => {
      await subject.append('a', 'b', 'c');
      await group.create();
      const first = group.subscribe();
      await first.untilGiven(3);
      await first.ack(defined(first.given[1]));
      await eventually(
        () => group.info(),
        ({ stats }) => stats.totalInFlightMessages === 2,
      );
      await first.leave();
      const second = group.subscribe(acknowledge);
      await second.untilGiven(2);
      await second.leave();
      expect(second.given.map(({ type, retryCount }) => [type, retryCount])).toEqual([
        ['a', 1],
        ['c', 1],
      ]);
    },
  ],
  [
    'what nobody answers in time is given again as a retry',
    async (subject, group) => {
      await subject.append('a');
      await group.create({ messageTimeout: 50 });
      const subscriber = group.subscribe((given, self) =>
        given.retryCount > 0 ? self.ack(given) : undefined,
      );
      await subscriber.untilGiven(2);
      await untilAnswered(group);
      await subscriber.leave();
      expect(subscriber.given.slice(0, 2).map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    },
  ],
  [
    'a small buffer makes a group read more often, and it misses nothing',
    async (subject, group) => {
      await group.create({ liveBufferSize: 3, historyBufferSize: 4, readBatchSize: 2 });
      const types = Array.from({ length: 40 }, (_, index) => `type-${index}`);
      for (const type of types.slice(0, 20)) await subject.append(type);
      const subscriber = group.subscribe(acknowledge, 3);
      for (const type of types.slice(20)) await subject.append(type);
      await subscriber.untilGiven(40);
      await subscriber.leave();
      expect(subscriber.types).toEqual(types);
    },
  ],
]);

const answering = ofBothKinds(
  { area: 'nack', source: 'client suite: nack; EventStoreDB clients: Acknowledgements' },
  [
    ...(['skip', 'stop'] as const).map(
      (action) =>
        [
          `${action} is done with the event and parks nothing`,
          async (subject: EventStoreSubject, group: Group) => {
            await subject.append('a', 'b');
            await group.create();
            const subscriber = group.subscribe((given, self) => self.nack(action, given), 1);
            await subscriber.untilGiven(2);
            const { stats } = await untilAnswered(group);
            await subscriber.leave();
            expect(stats.parkedMessageCount).toBe(0n);
            expect(subscriber.types).toEqual(['a', 'b']);
          },
        ] as const,
    ),
    [
      'retry gives the event again, and others are not held back',
      async (subject, group) => {
        await subject.append('again', 'good');
        await group.create();
        const subscriber = group.subscribe((given, self) =>
          given.type === 'again' && given.retryCount === 0 ? self.nack('retry', given) : self.ack(given),
        );
        await subscriber.untilGiven(3);
        await untilAnswered(group);
        await subscriber.leave();
        expect([...subscriber.types].sort()).toEqual(['again', 'again', 'good']);
      },
    ],
    [
      'park parks the event, and others are not held back',
      async (subject, group) => {
        await subject.append('bad', 'good');
        await group.create();
        const subscriber = group.subscribe((given, self) =>
          given.type === 'bad' ? self.nack('park', given) : self.ack(given),
        );
        await subscriber.untilGiven(2);
        await eventually(
          () => group.info(),
          ({ stats }) => stats.parkedMessageCount === 1n && stats.outstandingMessagesCount === 0,
        );
        await subscriber.leave();
        expect(subscriber.types).toEqual(['bad', 'good']);
      },
    ],
    [
      'several are parked at once',
      async (subject, group) => {
        await subject.append('a', 'b', 'c');
        await group.create();
        const subscriber = group.subscribe();
        await subscriber.untilGiven(3);
        const events = subscriber.given.map(({ resolved }) => resolved);
        await subscriber.subscription.nack('park', 'all of them', ...events);
        const { stats } = await eventually(
          () => group.info(),
          (info) => info.stats.parkedMessageCount === 3n,
        );
        expect(stats.totalInFlightMessages).toBe(0);
        await subscriber.leave();
      },
    ],
  ],
);

const retries = ofBothKinds({ area: 'nack', source: 'observed: Persistent subscriptions' }, [
  [
    'with two retries allowed an event comes three times, and is parked then',
    async (subject, group) => {
      await subject.append('bad', 'good');
      await group.create({ maxRetryCount: 2 });
      const subscriber = group.subscribe((given, self) =>
        given.type === 'bad' ? self.nack('retry', given) : self.ack(given),
      );
      await eventually(
        () => group.info(),
        ({ stats }) => stats.parkedMessageCount === 1n,
      );
      await subscriber.leave();
      const bad = subscriber.given.filter(({ type }) => type === 'bad');
      expect(bad.map(({ retryCount }) => retryCount)).toEqual([0, 1, 2]);
    },
  ],
]);

describeEventStore('persistent subscriptions, consumers', reading, answering, retries);
