import { type ResolvedEvent } from '@eventstore/db-client';
import { collect, event, link } from '../../infra/embedded/eventstore/testing.js';
import { describeEventStore, type EventStoreSubject } from './subject.js';
import { type ScenarioRow, scenarios } from './tables.js';

const area = 'links';
const source = 'observed: Links and HTTP';
const RESOLVED = { resolveLinkTos: true };

/** What the stream of the case gives first when links are resolved, in a read and to a subscriber. */
async function resolved({ client, stream }: EventStoreSubject): Promise<(ResolvedEvent | undefined)[]> {
  const [read] = await collect(client.readStream(stream, RESOLVED));
  for await (const given of client.subscribeToStream(stream, RESOLVED)) return [read, given];
  return [read];
}

function resolvesToNothing(
  what: string,
  prepare: (subject: EventStoreSubject, target: string) => Promise<unknown>,
): ScenarioRow {
  return [
    `a link whose target ${what} gives the link and no event, to readers and subscribers alike`,
    async (subject) => {
      const target = subject.named('target');
      await prepare(subject, target);
      await subject.write(link(`0@${target}`));
      const both = await resolved(subject);
      expect(both).toHaveLength(2);
      for (const given of both) {
        expect(given?.event).toBeUndefined();
        expect(given?.link).toMatchObject({ streamId: subject.stream, type: '$>' });
      }
    },
  ];
}

const observed = scenarios({ area, source }, [
  [
    'a link gives its event and itself, to readers and subscribers alike',
    async (subject) => {
      const target = subject.named('target');
      await subject.appendTo(target, 'zero', 'one');
      await subject.write(link(`1@${target}`));
      for (const given of await resolved(subject)) {
        expect(given?.event).toMatchObject({ streamId: target, revision: 1n, type: 'one' });
        expect(given?.link).toMatchObject({ streamId: subject.stream, revision: 0n, type: '$>' });
      }
    },
  ],
  resolvesToNothing('is missing', () => Promise.resolve()),
  resolvesToNothing('is truncated', async (subject, target) => {
    await subject.appendTo(target, 'a', 'b');
    await subject.client.setStreamMetadata(target, { truncateBefore: 1 });
  }),
  resolvesToNothing('is soft-deleted', async (subject, target) => {
    await subject.appendTo(target, 'a');
    await subject.client.deleteStream(target);
  }),
  resolvesToNothing('is tombstoned', async (subject, target) => {
    await subject.appendTo(target, 'a');
    await subject.client.tombstoneStream(target);
  }),
  [
    'one level is resolved only',
    async (subject) => {
      const [target, first] = [subject.named('target'), subject.named('first')];
      await subject.appendTo(target, 'a');
      await subject.client.appendToStream(first, link(`0@${target}`));
      await subject.write(link(`0@${first}`));
      for (const given of await resolved(subject)) {
        expect(given?.event).toMatchObject({ streamId: first, type: '$>' });
      }
    },
  ],
  ...['nonsense', '@stream', 'x@stream', '1@', ''].map((text): ScenarioRow => [
    `a malformed link, "${text}", is an event of its own`,
    async (subject) => {
      await subject.write(link(text));
      for (const given of await resolved(subject)) {
        expect(given?.event).toMatchObject({ streamId: subject.stream, type: '$>' });
        expect(given?.link).toBeUndefined();
      }
    },
  ]),
]);

const documented = scenarios(
  { area, source: 'client suite: appendToStream linkTo; EventStoreDB clients: resolveLinkTos' },
  [
    [
      'a link is given as it is when nobody asks to resolve it',
      async (subject) => {
        await subject.write(link(`0@${subject.named('target')}`));
        const [given] = await collect(subject.client.readStream(subject.stream));
        expect(given?.event).toMatchObject({ streamId: subject.stream, type: '$>' });
        expect(given?.link).toBeUndefined();
      },
    ],
    [
      'the event of a link is the event of its stream',
      async (subject) => {
        const target = subject.named('target');
        await subject.appendTo(target, 'a');
        await subject.write(link(`0@${target}`));
        const [linked] = await collect(subject.client.readStream(subject.stream, RESOLVED));
        const [real] = await collect(subject.client.readStream(target));
        expect(linked?.event).toEqual(real?.event);
      },
    ],
    [
      'a read that resolves gives events that are no links as they are',
      async (subject) => {
        await subject.write(event('plain'));
        const [given] = await collect(subject.client.readStream(subject.stream, RESOLVED));
        expect(given?.event?.type).toBe('plain');
        expect(given?.link).toBeUndefined();
      },
    ],
    [
      '$all resolves links when asked to',
      async (subject) => {
        const target = subject.named('target');
        await subject.appendTo(target, 'a');
        const { position } = await subject.write(link(`0@${target}`));
        const fromPosition = position ?? 'end';
        const [given] = await collect(subject.client.readAll({ fromPosition, maxCount: 1, ...RESOLVED }));
        expect(given?.event).toMatchObject({ streamId: target, type: 'a' });
        expect(given?.link).toMatchObject({ streamId: subject.stream, type: '$>' });
      },
    ],
    [
      'a link to a stream with @ in its name resolves',
      async (subject) => {
        const target = subject.named('me@home');
        await subject.appendTo(target, 'a');
        await subject.write(link(`0@${target}`));
        const [given] = await collect(subject.client.readStream(subject.stream, RESOLVED));
        expect(given?.event).toMatchObject({ streamId: target, type: 'a' });
      },
    ],
  ],
);

describeEventStore('links', observed, documented);
