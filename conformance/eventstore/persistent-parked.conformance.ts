import { acknowledge, eventually } from '../../infra/embedded/eventstore/persistent/testing.js';
import { collect } from '../../infra/embedded/eventstore/testing.js';
import { type Group } from './groups.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { ofBothKinds, scenarios } from './tables.js';

function untilParked(group: Group, count: bigint) {
  return eventually(
    () => group.info(),
    ({ stats }) => stats.parkedMessageCount === count && stats.outstandingMessagesCount === 0,
  );
}

/** Makes the group, and parks one event of each type. */
async function park(subject: EventStoreSubject, group: Group, ...types: string[]): Promise<void> {
  await subject.append(...types);
  await group.create();
  const subscriber = group.subscribe((given, self) => self.nack('park', given, 'because'));
  await untilParked(group, BigInt(types.length));
  await subscriber.leave();
  await eventually(
    () => group.info(),
    ({ connections }) => connections.length === 0,
  );
}

async function truncatedBefore({ client }: EventStoreSubject, { parkedStream }: Group) {
  return (await client.getStreamMetadata(parkedStream)).metadata?.truncateBefore;
}

const observed = ofBothKinds({ area: 'parked messages', source: 'observed: Persistent subscriptions' }, [
  [
    'a parked event is a link in the parked stream, with the reason',
    async (subject, group) => {
      await park(subject, group, 'a', 'b');
      const parked = await collect(subject.client.readStream(group.parkedStream));
      expect(parked.map(({ event }) => event?.type)).toEqual(['$>', '$>']);
      const second = defined(parked[1]?.event);
      expect(Buffer.from(second.data as unknown as Uint8Array).toString()).toBe(`1@${subject.stream}`);
      expect(second.metadata).toMatchObject({ reason: "Client explicitly NAK'ed message.\nbecause" });
    },
  ],
  [
    'replayed events come with their links and no retries',
    async (subject, group) => {
      await park(subject, group, 'a', 'b');
      await group.replay();
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(2);
      await untilParked(group, 0n);
      await subscriber.leave();
      expect(subscriber.given.map(({ type, retryCount }) => [type, retryCount])).toEqual([
        ['a', 0],
        ['b', 0],
      ]);
      expect(subscriber.given[1]?.resolved.link).toMatchObject({
        streamId: group.parkedStream,
        revision: 1n,
        type: '$>',
      });
    },
  ],
  [
    'after a replay the parked stream is truncated',
    async (subject, group) => {
      await park(subject, group, 'a', 'b');
      await group.replay();
      const subscriber = group.subscribe(acknowledge);
      await subscriber.untilGiven(2);
      const before = await eventually(
        () => truncatedBefore(subject, group),
        (revision) => revision !== undefined,
      );
      await subscriber.leave();
      expect(before).toBe(2);
    },
  ],
]);

const eventNumbers = scenarios({ area: 'parked messages', source: 'observed: Persistent subscriptions' }, [
  [
    'a parked event of a stream tells its revision',
    async (subject) => {
      const group = subject.group('stream');
      await park(subject, group, 'a', 'b');
      const parked = await collect(subject.client.readStream(group.parkedStream));
      expect(parked[1]?.event?.metadata).toMatchObject({ subscriptionEventNumber: 1 });
    },
  ],
]);

const documented = ofBothKinds(
  { area: 'parked messages', source: 'client suite: replayParkedMessages; EventStoreDB: Parked messages' },
  [
    [
      'a replay stops in front of the revision it is told',
      async (subject, group) => {
        await park(subject, group, 'a', 'b', 'c');
        await group.replay(2);
        const subscriber = group.subscribe(acknowledge);
        await subscriber.untilGiven(2);
        await untilParked(group, 1n);
        expect(subscriber.types).toEqual(['a', 'b']);
        await group.replay();
        await subscriber.untilGiven(3);
        await subscriber.leave();
        expect(subscriber.types).toEqual(['a', 'b', 'c']);
      },
    ],
    [
      'a replay of nothing gives nothing',
      async (subject, group) => {
        await group.create();
        await group.replay();
        const subscriber = group.subscribe(acknowledge);
        await subject.append('a');
        await subscriber.untilGiven(1);
        await subscriber.leave();
        expect(subscriber.types).toEqual(['a']);
      },
    ],
    [
      'a replay gives who is connected the events again',
      async (subject, group) => {
        await subject.append('a', 'b');
        await group.create();
        const subscriber = group.subscribe((given, self) =>
          given.resolved.link ? self.ack(given) : self.nack('park', given),
        );
        await untilParked(group, 2n);
        await group.replay();
        await subscriber.untilGiven(4);
        await subscriber.leave();
        expect(subscriber.types).toEqual(['a', 'b', 'a', 'b']);
      },
    ],
    [
      'a replayed event may be parked again',
      async (subject, group) => {
        await park(subject, group, 'a');
        await group.replay();
        const subscriber = group.subscribe((given, self) => self.nack('park', given));
        await subscriber.untilGiven(1);
        await untilParked(group, 1n);
        await subscriber.leave();
        const fromRevision = 1n;
        const [again] = await collect(
          subject.client.readStream(group.parkedStream, { fromRevision, resolveLinkTos: true }),
        );
        expect(again).toMatchObject({ event: { type: 'a' }, link: { type: '$>' } });
      },
    ],
    [
      'a replayed event that is gone comes as a link alone',
      async (subject, group) => {
        await park(subject, group, 'a');
        await subject.client.setStreamMetadata(subject.stream, { truncateBefore: 1 });
        await group.replay();
        const subscriber = group.subscribe(acknowledge);
        await subscriber.untilGiven(1);
        await subscriber.leave();
        expect(subscriber.given[0]?.resolved.event).toBeUndefined();
        expect(subscriber.given[0]?.resolved.link).toMatchObject({ streamId: group.parkedStream });
      },
    ],
  ],
);

describeEventStore('persistent subscriptions, parked messages', observed, eventNumbers, documented);
