import { END, START } from '@eventstore/db-client';
import { acknowledge, eventually, settings } from '../../infra/embedded/eventstore/persistent/testing.js';
import { checkpointOf, lastKnownOf, placeOf } from './groups.js';
import { describeEventStore } from './subject.js';
import { ofBothKinds, scenarios } from './tables.js';

const UNKNOWN = 'persistent-subscription-does-not-exist';
const A_LIST: unknown = expect.any(Array);

const telling = ofBothKinds(
  {
    area: 'information on groups',
    source: 'client suite: getPersistentSubscriptionInfo, listPersistentSubscriptions',
  },
  [
    [
      'it tells the settings it was made with',
      async (_subject, group) => {
        const changes = {
          resolveLinkTos: true,
          extraStatistics: true,
          messageTimeout: 12_345,
          maxRetryCount: 7,
          checkPointAfter: 99_000,
          checkPointLowerBound: 3,
          checkPointUpperBound: 30,
          maxSubscriberCount: 4,
          liveBufferSize: 55,
          readBatchSize: 6,
          historyBufferSize: 66,
          consumerStrategyName: 'Pinned',
          startFrom: END,
        } as const;
        await group.create(changes);
        const info = await group.info();
        expect(info).toMatchObject({ eventSource: group.source, groupName: group.name });
        expect(info.settings).toEqual(settings(changes));
        expect(info.connections).toEqual([]);
      },
    ],
    [
      'it tells the settings it was updated with',
      async (_subject, group) => {
        await group.create();
        await group.update({ checkPointLowerBound: 12, maxSubscriberCount: 200, startFrom: START });
        expect((await group.info()).settings).toEqual(
          settings({ checkPointLowerBound: 12, maxSubscriberCount: 200, startFrom: START }),
        );
      },
    ],
    [
      'it tells who is connected, with times when it was asked for them',
      async (subject, group) => {
        await group.create({ extraStatistics: true });
        await subject.append('a');
        const subscriber = group.subscribe(acknowledge, 7);
        await subscriber.untilGiven(1);
        const info = await eventually(
          () => group.info(),
          ({ connections, stats }) =>
            stats.outstandingMessagesCount === 0 &&
            connections[0]?.extraStatistics?.get('quintile 3') !== undefined,
        );
        expect(info.connections).toMatchObject([
          { connectionName: subject.client.connectionName, availableSlots: 7, inFlightMessages: 0 },
        ]);
        await subscriber.leave();
      },
    ],
    [
      'it tells what is in flight',
      async (subject, group) => {
        await group.create();
        await subject.append('a', 'b', 'c');
        const subscriber = group.subscribe((given, self) =>
          given.type === 'a' ? self.ack(given) : undefined,
        );
        await subscriber.untilGiven(3);
        const { stats, connections } = await eventually(
          () => group.info(),
          (info) => info.stats.totalInFlightMessages === 2,
        );
        expect(stats).toMatchObject({ outstandingMessagesCount: 2, parkedMessageCount: 0n });
        expect(connections).toMatchObject([{ inFlightMessages: 2, availableSlots: 8 }]);
        await subscriber.leave();
      },
    ],
    [
      'it tells which event is the last it knows and where its checkpoint is',
      async (subject, group) => {
        await group.create({ checkPointLowerBound: 1, checkPointUpperBound: 1 });
        await subject.append('a', 'b');
        const last = await placeOf(subject, group, 1);
        const subscriber = group.subscribe(acknowledge);
        await subscriber.untilGiven(2);
        const info = await eventually(
          () => group.info(),
          (told) => (checkpointOf(told) ?? -1n) >= last,
        );
        expect(lastKnownOf(info)).toBeGreaterThanOrEqual(last);
        await subscriber.leave();
      },
    ],
    [
      'it is among the groups of its source, and among all',
      async (subject, group) => {
        await group.create();
        const names = (groups: readonly { groupName: string }[]) => groups.map(({ groupName }) => groupName);
        expect(names(await group.list())).toContain(group.name);
        expect(names(await subject.client.listAllPersistentSubscriptions())).toContain(group.name);
        await group.delete();
        expect(names(await subject.client.listAllPersistentSubscriptions())).not.toContain(group.name);
      },
    ],
  ],
);

const listing = scenarios(
  { area: 'information on groups', source: 'client suite: listPersistentSubscriptions' },
  [
    [
      'the groups of a stream without any are unknown',
      async ({ client, stream }) => {
        await expect(client.listPersistentSubscriptionsToStream(stream)).rejects.toMatchObject({
          type: UNKNOWN,
          streamName: stream,
        });
      },
    ],
    [
      'the groups of a stream are listed with where they begin, those of others are not',
      async (subject) => {
        const { client, stream } = subject;
        const groups = [subject.group('stream'), subject.group('stream')] as const;
        await subject.group('all').create({ startFrom: END });
        await groups[0].create();
        await groups[1].create({ startFrom: END });
        const listed = await client.listPersistentSubscriptionsToStream(stream);
        const told = listed.map((info) => [info.groupName, info.settings.startFrom]);
        expect(told.toSorted()).toEqual([
          [groups[0].name, START],
          [groups[1].name, END],
        ]);
      },
    ],
  ],
);

const restarting = ofBothKinds(
  { area: 'restarting the subsystem', source: 'client suite: restartPersistentSubscriptionSubsystem' },
  [
    [
      'who is connected is dropped, and the group goes on',
      async (subject, group) => {
        await group.create();
        await subject.append('a');
        const first = group.subscribe();
        await first.untilGiven(1);
        await subject.client.restartPersistentSubscriptionSubsystem();
        await first.until(({ errors }) => errors.length > 0);
        expect(first.errors).toEqual(['persistent-subscription-dropped']);
        const info = await eventually(
          () => group.info().catch(() => undefined),
          (told) => told !== undefined,
        );
        expect(info?.connections).toEqual(A_LIST);
        const second = group.subscribe(acknowledge);
        await second.untilGiven(1);
        await second.leave();
        expect(second.types).toEqual(['a']);
      },
    ],
  ],
);

describeEventStore('persistent subscriptions, information', telling, listing, restarting);
