import { eventTypeFilter, type Position } from '@eventstore/db-client';
import { acknowledge, allSettings, eventually } from '../../infra/embedded/eventstore/persistent/testing.js';
import { checkpointOf, type Group, placeOf } from './groups.js';
import { describeEventStore, type EventStoreSubject } from './subject.js';
import { ofBothKinds, type RefusalRow, refusals } from './tables.js';

const UNKNOWN = 'persistent-subscription-does-not-exist';

const creating = ofBothKinds(
  { area: 'creating, updating and deleting groups', source: 'observed: Persistent subscriptions' },
  [
    [
      'a group that exists cannot be created again',
      async (_subject, group) => {
        await group.create();
        await expect(group.create()).rejects.toMatchObject({
          type: 'persistent-subscription-exists',
          code: 6,
          streamName: group.source,
          groupName: group.name,
        });
      },
    ],
    ...(
      [
        ['updated', (group: Group) => group.update()],
        ['deleted', (group: Group) => group.delete()],
        ['looked at', (group: Group) => group.info()],
        ['replayed', (group: Group) => group.replay()],
      ] as const
    ).map(
      ([what, ask]) =>
        [
          `an unknown group cannot be ${what}`,
          async (_subject: EventStoreSubject, group: Group) => {
            await expect(ask(group)).rejects.toMatchObject({
              type: UNKNOWN,
              code: 5,
              streamName: group.source,
              groupName: group.name,
            });
          },
        ] as const,
    ),
    [
      'an unknown group cannot be read',
      async (_subject, group) => {
        const subscriber = group.subscribe();
        await subscriber.until(({ errors }) => errors.length > 0);
        expect(subscriber.errors).toEqual([UNKNOWN]);
      },
    ],
    [
      'a subscriber more than allowed is refused',
      async (_subject, group) => {
        await group.create({ maxSubscriberCount: 1 });
        const first = group.subscribe();
        await first.until(({ isConfirmed }) => isConfirmed);
        const second = group.subscribe();
        const failure = new Promise((resolve) => second.subscription.once('error', resolve));
        expect(await failure).toMatchObject({
          type: 'maximum-subscribers-reached',
          code: 9,
          groupName: group.name,
        });
        await first.leave();
      },
    ],
    ...(
      [
        ['updated', (group: Group) => group.update({ maxRetryCount: 3 })],
        ['deleted', (group: Group) => group.delete()],
      ] as const
    ).map(
      ([what, change]) =>
        [
          `who is connected when the group is ${what} is dropped`,
          async (_subject: EventStoreSubject, group: Group) => {
            await group.create();
            const subscriber = group.subscribe();
            const failure = new Promise((resolve) => subscriber.subscription.once('error', resolve));
            await subscriber.until(({ isConfirmed }) => isConfirmed);
            await change(group);
            expect(await failure).toMatchObject({
              type: 'persistent-subscription-dropped',
              code: 1,
              groupName: group.name,
            });
          },
        ] as const,
    ),
  ],
);

const documented = ofBothKinds(
  {
    area: 'creating, updating and deleting groups',
    source: 'client suite: create, update, delete persistent subscriptions',
  },
  [
    [
      'a group that was left by a subscriber takes another',
      async (_subject, group) => {
        await group.create({ maxSubscriberCount: 1 });
        const first = group.subscribe();
        await first.until(({ isConfirmed }) => isConfirmed);
        await first.leave();
        await eventually(
          () => group.info(),
          ({ connections }) => connections.length === 0,
        );
        const second = group.subscribe();
        await second.until(({ isConfirmed }) => isConfirmed);
        await second.leave();
        expect(second.errors).toEqual([]);
      },
    ],
    [
      'a group that was deleted is unknown, and can be made again',
      async (_subject, group) => {
        await group.create();
        await group.delete();
        await expect(group.info()).rejects.toMatchObject({ type: UNKNOWN });
        await expect(group.delete()).rejects.toMatchObject({ type: UNKNOWN });
        await group.create();
        expect((await group.info()).connections).toEqual([]);
      },
    ],
    [
      'a group that was made again begins anew, with nothing parked',
      async (subject, group) => {
        await subject.append('a');
        await group.create({ checkPointUpperBound: 1 });
        const first = group.subscribe((given, self) => self.nack('park', given));
        await eventually(
          () => group.info(),
          ({ stats }) => stats.parkedMessageCount === 1n,
        );
        await first.leave();
        await group.delete();
        await group.create();
        expect((await group.info()).stats.parkedMessageCount).toBe(0n);
        const second = group.subscribe(acknowledge);
        await second.untilGiven(1);
        await second.leave();
        expect(second.types).toEqual(['a']);
      },
    ],
    [
      'several groups of one source are independent',
      async (subject, group) => {
        const other = subject.group(group.source === '$all' ? 'all' : 'stream');
        await subject.append('a', 'b');
        await Promise.all([group.create(), other.create()]);
        const subscribers = [group.subscribe(acknowledge), other.subscribe(acknowledge)];
        await Promise.all(subscribers.map((subscriber) => subscriber.untilGiven(2)));
        await Promise.all(subscribers.map((subscriber) => subscriber.leave()));
        for (const { types } of subscribers) expect(types).toEqual(['a', 'b']);
      },
    ],
    [
      'an updated group goes on behind its checkpoint',
      async (subject, group) => {
        await subject.append('a', 'b');
        const eager = { checkPointLowerBound: 1, checkPointUpperBound: 1 };
        const last = await placeOf(subject, group, 1);
        await group.create(eager);
        const first = group.subscribe(acknowledge);
        await eventually(
          () => group.info(),
          (info) => (checkpointOf(info) ?? -1n) >= last,
        );
        await first.leave();
        await group.update({ ...eager, maxRetryCount: 3 });
        await subject.append('c');
        const second = group.subscribe(acknowledge);
        await second.until(({ types }) => types.includes('c'));
        await second.leave();
        expect((await group.info()).settings.maxRetryCount).toBe(3);
        expect(second.types.filter((type) => type === 'a')).toEqual([]);
      },
    ],
  ],
);

const bad = [
  ['a read batch of 0', { readBatchSize: 0 }],
  ['a read batch as large as the buffer', { readBatchSize: 20, historyBufferSize: 20 }],
  ['a negative retry count', { maxRetryCount: -1 }],
  ['a negative time', { messageTimeout: -5 }],
] as const;

const badSettings = ofBothKinds(
  { area: 'settings that are refused', source: 'EventStoreDB: Persistent subscriptions, Settings' },
  bad.map(
    ([what, changes]) =>
      [
        `a group with ${what}`,
        async (_subject: EventStoreSubject, group: Group) => {
          await expect(group.create(changes)).rejects.toMatchObject({
            type: 'persistent-subscription-failed',
          });
          await expect(group.info()).rejects.toMatchObject({ type: UNKNOWN });
        },
      ] as const,
  ),
);

const FAILED = { type: 'persistent-subscription-failed' };
const startingAt = (name: string, startFrom: Position): RefusalRow => [
  name,
  (subject) =>
    subject.client.createPersistentSubscriptionToAll(subject.named('far'), allSettings({ startFrom })),
  FAILED,
];

const badStarts = refusals(
  {
    area: 'settings that are refused',
    source: 'server suite: persistent subscriptions to $all, start position',
  },
  [
    startingAt('a group on $all that begins behind the end', { commit: 2n ** 50n, prepare: 2n ** 50n }),
    startingAt('a group on $all that begins at a position prepared after its commit', {
      commit: 0n,
      prepare: 1n,
    }),
    [
      'a group on $all with a filter that is none',
      (subject) =>
        subject.client.createPersistentSubscriptionToAll(subject.named('odd'), allSettings(), {
          filter: eventTypeFilter({ regex: '(' }),
        }),
      { message: expect.stringContaining("'('") as unknown },
    ],
  ],
);

describeEventStore('persistent subscriptions, management', creating, documented, badSettings, badStarts);
