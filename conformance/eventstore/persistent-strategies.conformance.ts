import {
  acknowledge,
  eventually,
  type Subscriber,
} from '../../infra/embedded/eventstore/persistent/testing.js';
import { link } from '../../infra/embedded/eventstore/testing.js';
import { type Group } from './groups.js';
import { describeEventStore, type EventStoreSubject } from './subject.js';
import { type Heading, scenarios } from './tables.js';

const heading: Heading = {
  area: 'consumer strategies',
  source: 'EventStoreDB: Persistent subscriptions, Consumer strategies',
};

async function create(subject: EventStoreSubject, consumerStrategyName: string): Promise<Group> {
  const group = subject.group('stream');
  await group.create({ consumerStrategyName, resolveLinkTos: true });
  return group;
}

async function connect(group: Group, answer?: typeof acknowledge, bufferSize = 10): Promise<Subscriber> {
  const subscriber = group.subscribe(answer, bufferSize);
  await subscriber.until(({ isConfirmed }) => isConfirmed);
  return subscriber;
}

const untilAll = (subscribers: readonly Subscriber[], count: number) =>
  eventually(
    () => Promise.resolve(subscribers.reduce((sum, { given }) => sum + given.length, 0)),
    (sum) => sum === count,
  );

const leave = (...subscribers: Subscriber[]) => Promise.all(subscribers.map((each) => each.leave()));

/** Appends an event to each of some streams and a link to it to the stream of the case. */
async function appendToAll(subject: EventStoreSubject, sources: readonly string[], revision: number) {
  for (const source of sources) {
    await subject.appendTo(source, 'Linked');
    await subject.write(link(`${revision}@${source}`));
  }
}

const twelve = (subject: EventStoreSubject): string[] =>
  Array.from({ length: 12 }, (_, index) => subject.named(`source${index}`));

const sourcesOf = ({ given }: Subscriber): Set<string> =>
  new Set(given.map(({ resolved }) => resolved.event?.streamId ?? ''));

const cases = scenarios(heading, [
  [
    'RoundRobin spreads the events evenly',
    async (subject) => {
      const group = await create(subject, 'RoundRobin');
      const consumers = [await connect(group, acknowledge), await connect(group, acknowledge)] as const;
      for (let count = 0; count < 10; count++) await subject.append('Spread');
      await untilAll(consumers, 10);
      expect(consumers.map(({ given }) => given.length)).toEqual([5, 5]);
      await leave(...consumers);
    },
  ],
  [
    'RoundRobin passes over who is full',
    async (subject) => {
      const group = await create(subject, 'RoundRobin');
      const [one, two] = [await connect(group), await connect(group, undefined, 1)];
      await subject.append('a', 'b', 'c', 'd', 'e');
      await untilAll([one, two], 5);
      expect(two.given).toHaveLength(1);
      expect(one.given).toHaveLength(4);
      await leave(one, two);
    },
  ],
  [
    'DispatchToSingle gives to one until that one is full',
    async (subject) => {
      const group = await create(subject, 'DispatchToSingle');
      const [one, two] = [await connect(group, undefined, 3), await connect(group, undefined, 3)];
      await subject.append('a', 'b', 'c', 'd');
      await untilAll([one, two], 4);
      expect([one.given.length, two.given.length].toSorted()).toEqual([1, 3]);
      await leave(one, two);
    },
  ],
  [
    'Pinned keeps the events of a stream with one consumer, in order, and spreads streams',
    async (subject) => {
      const group = await create(subject, 'Pinned');
      const [one, two] = [await connect(group, acknowledge), await connect(group, acknowledge)];
      const sources = twelve(subject);
      for (let revision = 0; revision < 3; revision++) await appendToAll(subject, sources, revision);
      await untilAll([one, two], 36);
      const shared = [...sourcesOf(one)].filter((source) => sourcesOf(two).has(source));
      expect(shared).toEqual([]);
      expect(sourcesOf(one).size).toBeGreaterThan(0);
      expect(sourcesOf(two).size).toBeGreaterThan(0);
      for (const subscriber of [one, two]) {
        for (const source of sourcesOf(subscriber)) {
          const events = subscriber.given.filter(({ resolved }) => resolved.event?.streamId === source);
          expect(events.map(({ resolved }) => resolved.event?.revision)).toEqual([0n, 1n, 2n]);
        }
      }
      await leave(one, two);
    },
  ],
  [
    'with Pinned a consumer that comes later gets a share of the streams',
    async (subject) => {
      const group = await create(subject, 'Pinned');
      const sources = twelve(subject);
      const first = await connect(group, acknowledge);
      await appendToAll(subject, sources, 0);
      await first.untilGiven(12);
      const second = await connect(group, acknowledge);
      await appendToAll(subject, sources, 1);
      await untilAll([first, second], 24);
      expect(second.given.length).toBeGreaterThan(0);
      await leave(first, second);
    },
  ],
  [
    'with Pinned a consumer that leaves hands its streams to another',
    async (subject) => {
      const group = await create(subject, 'Pinned');
      const first = await connect(group);
      await subject.append('a', 'b');
      await first.untilGiven(2);
      const second = await connect(group, acknowledge);
      await first.leave();
      await second.untilGiven(2);
      await subject.append('c');
      await second.untilGiven(3);
      expect(second.types).toEqual(['a', 'b', 'c']);
      await second.leave();
    },
  ],
  [
    'a strategy can be changed by an update',
    async (subject) => {
      const group = await create(subject, 'RoundRobin');
      await group.update({ consumerStrategyName: 'DispatchToSingle' });
      expect((await group.info()).settings.consumerStrategyName).toBe('DispatchToSingle');
    },
  ],
]);

describeEventStore('persistent subscriptions, strategies', cases);
