import { END, eventTypeFilter, excludeSystemEvents, streamNameFilter } from '@eventstore/db-client';
import {
  acknowledge,
  allSettings,
  eventually,
  settings,
  Subscriber,
} from '../../infra/embedded/eventstore/persistent/testing.js';
import { event, link } from '../../infra/embedded/eventstore/testing.js';
import { type Group } from './groups.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { scenarios } from './tables.js';

const untilAnswered = (group: Group) =>
  eventually(
    () => group.info(),
    ({ stats }) => stats.outstandingMessagesCount === 0,
  );

const starts = scenarios({ area: 'where groups begin', source: 'observed: Persistent subscriptions' }, [
  [
    'on a stream at a revision, inclusive',
    async (subject) => {
      const { client, stream } = subject;
      await subject.append('a', 'b', 'c', 'd');
      const group = subject.group('stream');
      const begins = settings({ startFrom: 2n });
      await client.createPersistentSubscriptionToStream(stream, group.name, begins);
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(2);
      await subscriber.leave();
      expect(subscriber.types).toEqual(['c', 'd']);
      expect((await group.info()).settings.startFrom).toBe(2n);
    },
  ],
  [
    'on $all at a position, inclusive',
    async (subject) => {
      await subject.append('a', 'b', 'c');
      const [, b] = await subject.positions();
      const group = subject.group('all');
      const startFrom = defined(b);
      const filter = streamNameFilter({ prefixes: [subject.stream] });
      await subject.client.createPersistentSubscriptionToAll(group.name, allSettings({ startFrom }), {
        filter,
      });
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(2);
      await subscriber.leave();
      expect(subscriber.types).toEqual(['b', 'c']);
      expect((await group.info()).settings.startFrom).toEqual(startFrom);
    },
  ],
]);

const filters = scenarios(
  {
    area: 'filters of groups on $all',
    source: 'client suite: subscribeToPersistentSubscriptionToAll filters',
  },
  (
    [
      ['a type prefix', (p: string) => eventTypeFilter({ prefixes: [`${p}Wanted`] })],
      ['a type pattern', (p: string) => eventTypeFilter({ regex: `^${p}Wanted(1|2)$` })],
      ['a stream prefix', (p: string) => streamNameFilter({ prefixes: [`${p}wanted`] })],
      ['a stream pattern', (p: string) => streamNameFilter({ regex: `^${p}w.nted$` })],
    ] as const
  ).map(([name, filterOf]) => [
    `by ${name}`,
    async (subject: EventStoreSubject) => {
      const prefix = subject.named('');
      const group = subject.group('all');
      const filter = filterOf(prefix);
      const fromEnd = allSettings({ startFrom: END });
      await subject.client.createPersistentSubscriptionToAll(group.name, fromEnd, { filter });
      const wanted = [subject.named('Wanted1'), subject.named('Wanted2')] as const;
      await subject.append('Other');
      await subject.appendTo(subject.named('wanted'), wanted[0]);
      await subject.append('Other');
      await subject.appendTo(subject.named('wanted'), wanted[1]);
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(2);
      await subscriber.leave();
      expect(subscriber.types).toEqual(wanted);
    },
  ]),
);

const systemEvents = scenarios(
  {
    area: 'filters of groups on $all',
    source: 'client suite: subscribeToPersistentSubscriptionToAll filters',
  },
  [
    [
      'by what is no system event',
      async (subject) => {
        const group = subject.group('all');
        const filter = excludeSystemEvents();
        const fromEnd = allSettings({ startFrom: END });
        await subject.client.createPersistentSubscriptionToAll(group.name, fromEnd, { filter });
        const last = subject.named('last');
        await subject.client.setStreamMetadata(subject.stream, { maxCount: 100 });
        await subject.append(last);
        const subscriber = group.subscribe(acknowledge);
        await subscriber.until(({ types }) => types.includes(last));
        await subscriber.leave();
        expect(subscriber.types.filter((type) => type?.startsWith('$') === true)).toEqual([]);
      },
    ],
  ],
);

const streamsOnly = scenarios(
  {
    area: 'links and ends of streams',
    source: 'EventStoreDB: Persistent subscriptions; client suite: resolveLinkTos',
  },
  [
    [
      'links are resolved when the group asks for it, and one to nothing comes as a link alone',
      async (subject) => {
        const target = subject.named('target');
        await subject.appendTo(target, 'real');
        const links = [link(`0@${target}`), link(`7@${subject.named('nowhere')}`)];
        await subject.client.appendToStream(subject.stream, links);
        const group = subject.group('stream');
        await group.create({ resolveLinkTos: true });
        const subscriber = group.subscribe(acknowledge);
        await subscriber.untilGiven(2);
        await untilAnswered(group);
        await subscriber.leave();
        const [first, second] = subscriber.given.map(({ resolved }) => resolved);
        expect(first?.event).toMatchObject({ streamId: target, type: 'real' });
        expect(first?.link).toMatchObject({ streamId: subject.stream, revision: 0n });
        expect(second?.event).toBeUndefined();
        expect(second?.link).toMatchObject({ streamId: subject.stream, revision: 1n });
      },
    ],
    [
      'links are given as they are when it does not',
      async (subject) => {
        await subject.write(link(`0@${subject.named('target')}`));
        const group = subject.group('stream');
        await group.create();
        const subscriber = group.subscribe(acknowledge);
        await subscriber.untilGiven(1);
        await subscriber.leave();
        expect(subscriber.types).toEqual(['$>']);
      },
    ],
    [
      'a group goes on where its stream is truncated',
      async (subject) => {
        await subject.append('a', 'b', 'c');
        await subject.client.setStreamMetadata(subject.stream, { truncateBefore: 2 });
        const group = subject.group('stream');
        await group.create();
        const subscriber = group.subscribe(acknowledge);
        await subscriber.untilGiven(1);
        await subscriber.leave();
        expect(subscriber.types).toEqual(['c']);
      },
    ],
    [
      'a group on $all gives nothing of the streams of groups on $all',
      async (subject) => {
        const group = subject.group('all');
        const fromEnd = allSettings({ startFrom: END, checkPointUpperBound: 1 });
        await subject.client.createPersistentSubscriptionToAll(group.name, fromEnd);
        await subject.append(subject.named('a'));
        const subscriber = new Subscriber(
          subject.client.subscribeToPersistentSubscriptionToAll(group.name),
          (given, self) => (given.type === subject.named('a') ? self.nack('park', given) : self.ack(given)),
        );
        await eventually(
          () => group.info(),
          ({ stats }) => stats.parkedMessageCount === 1n,
        );
        const last = subject.named('last');
        await subject.client.appendToStream(subject.stream, event(last));
        await subscriber.until(({ types }) => types.includes(last));
        await subscriber.leave();
        const streams = subscriber.given.map(({ resolved }) => (resolved.event ?? resolved.link)?.streamId);
        expect(streams.filter((name) => name?.startsWith('$persistentsubscription-$all') === true)).toEqual(
          [],
        );
      },
    ],
  ],
);

describeEventStore('persistent subscriptions, sources', starts, filters, systemEvents, streamsOnly);
