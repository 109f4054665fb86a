import { BACKWARDS, END, jsonEvent, type StreamMetadata } from '@eventstore/db-client';
import { eventually } from '../../infra/embedded/eventstore/persistent/testing.js';
import { collect, event } from '../../infra/embedded/eventstore/testing.js';
import { describeEventStore, type EventStoreSubject, type ReadOptions } from './subject.js';
import { refusals, type ScenarioRow, scenarios } from './tables.js';

const area = 'stream metadata';

async function metadataOf({ client, stream }: EventStoreSubject): Promise<StreamMetadata | undefined> {
  return (await client.getStreamMetadata(stream)).metadata;
}

function keeps(name: string, metadata: StreamMetadata): ScenarioRow {
  return [
    name,
    async (subject) => {
      await subject.client.setStreamMetadata(subject.stream, metadata);
      expect(await metadataOf(subject)).toEqual(metadata);
    },
  ];
}

const kept = scenarios({ area, source: 'client suite: setStreamMetadata, getStreamMetadata' }, [
  keeps('some keys are given back', { maxAge: 2 }),
  keeps('all keys are given back', {
    maxAge: 2,
    cacheControl: 15,
    truncateBefore: 1,
    maxCount: 12,
    acl: {
      readRoles: ['admin'],
      writeRoles: ['admin'],
      deleteRoles: ['admin'],
      metaReadRoles: ['admin'],
      metaWriteRoles: ['admin'],
    },
  }),
  keeps('keys of one’s own are given back', { maxAge: 2, kitten: '😾' }),
  [
    'metadata is set at an expected revision of its own',
    async ({ client, stream }) => {
      await client.setStreamMetadata(stream, { maxCount: 1 }, { expectedRevision: 'no_stream' });
      await expect(
        client.setStreamMetadata(stream, { maxCount: 2 }, { expectedRevision: 'no_stream' }),
      ).rejects.toMatchObject({ type: 'wrong-expected-version', actualVersion: 0n });
      await client.setStreamMetadata(stream, { maxCount: 3 }, { expectedRevision: 0n });
      expect((await client.getStreamMetadata(stream)).metadata).toEqual({ maxCount: 3 });
    },
  ],
  [
    'metadata replaces what was set before',
    async (subject) => {
      await subject.client.setStreamMetadata(subject.stream, { maxCount: 5, cacheControl: 3 });
      await subject.client.setStreamMetadata(subject.stream, { maxAge: 60 });
      expect(await metadataOf(subject)).toEqual({ maxAge: 60 });
    },
  ],
  [
    '$maxCount that is set before the events keeps the newest',
    async (subject) => {
      await subject.client.setStreamMetadata(subject.stream, { maxCount: 2 });
      await subject.append(...Array.from({ length: 20 }, (_, index) => `type-${index}`));
      expect(await subject.read()).toEqual(['type-18', 'type-19']);
    },
  ],
  [
    'a limit that is taken away shows the events again',
    async (subject) => {
      await subject.append('a', 'b', 'c');
      await subject.client.setStreamMetadata(subject.stream, { maxCount: 1 });
      await subject.client.setStreamMetadata(subject.stream, {});
      expect(await subject.read()).toEqual(['a', 'b', 'c']);
    },
  ],
  [
    'an ACL is kept and, in insecure mode, keeps nobody away',
    async (subject) => {
      const acl = { readRoles: ['nobody'], writeRoles: ['nobody'] };
      await subject.client.setStreamMetadata(subject.stream, { acl });
      await subject.append('a');
      expect(await subject.read()).toEqual(['a']);
      expect(await metadataOf(subject)).toEqual({ acl });
    },
  ],
]);

const refused = refusals(
  { area, source: 'client suite: setStreamMetadata' },
  (['maxAge', 'truncateBefore', 'cacheControl', 'maxCount'] as const).map((key) => [
    `${key} must be a whole number`,
    ({ client, stream }) => client.setStreamMetadata(stream, { [key]: 2.5 }),
    { message: `Invalid stream metadata: "${key}" must be an integer.` },
  ]),
);

/** With limits set on a stream that holds a, b and c. */
function limited(
  limits: string,
  metadata: StreamMetadata,
  how: string,
  options: ReadOptions,
  expected: string,
): ScenarioRow {
  return [
    `with ${limits} of a, b, c, ${how} gives [${expected}]`,
    async (subject) => {
      await subject.append('a', 'b', 'c');
      await subject.client.setStreamMetadata(subject.stream, metadata);
      expect((await subject.read(options)).join(' ')).toBe(expected);
    },
  ];
}

const fromZeroBack = { direction: BACKWARDS, fromRevision: 0n } as const;
const fromOneBack = { direction: BACKWARDS, fromRevision: 1n } as const;
const fromEndBack = { direction: BACKWARDS, fromRevision: END } as const;

const limits = scenarios({ area: 'limits of streams', source: 'observed: Reads' }, [
  limited('$maxCount 2', { maxCount: 2 }, 'forwards from 0', { fromRevision: 0n }, 'b c'),
  limited('$maxCount 2', { maxCount: 2 }, 'backwards from 0', fromZeroBack, ''),
  limited('$maxCount 2', { maxCount: 2 }, 'backwards from the end', fromEndBack, 'c b'),
  limited('$tb 2', { truncateBefore: 2 }, 'forwards from 0, one', { fromRevision: 0n, maxCount: 1 }, 'c'),
  limited('$tb 2', { truncateBefore: 2 }, 'backwards from 1', fromOneBack, ''),
  limited('$tb 2', { truncateBefore: 2 }, 'backwards from the end', fromEndBack, 'c'),
  limited('$tb beyond the end', { truncateBefore: 10 }, 'forwards', {}, ''),
  limited('$tb 1 and $maxCount 1', { truncateBefore: 1, maxCount: 1 }, 'forwards', {}, 'c'),
  [
    'an append below a truncation is invisible, one at it is not',
    async (subject) => {
      await subject.append('a');
      await subject.client.setStreamMetadata(subject.stream, { truncateBefore: 3 });
      await subject.append('b', 'c');
      expect(await subject.read()).toEqual([]);
      await subject.append('d');
      expect(await subject.read()).toEqual(['d']);
    },
  ],
  [
    'events over their $maxAge are not read, and stay in $all',
    async (subject) => {
      await subject.append('Aged');
      const [position] = await subject.positions();
      await subject.client.setStreamMetadata(subject.stream, { maxAge: 1 });
      await eventually(
        () => subject.read(),
        (types) => types.length === 0,
      );
      const fromPosition = position ?? 'end';
      const [inAll] = await collect(subject.client.readAll({ fromPosition, maxCount: 1 }));
      expect(inAll?.event?.type).toBe('Aged');
    },
  ],
]);

const streams = scenarios({ area: 'metadata streams', source: 'observed: Reads' }, [
  [
    'metadata that was never set has nothing but the name',
    async ({ client, stream }) => {
      expect(await client.getStreamMetadata(stream)).toEqual({ streamName: stream });
    },
  ],
  [
    'metadata can be set on a stream that never was, which stays unknown',
    async (subject) => {
      await subject.client.setStreamMetadata(subject.stream, { maxCount: 7 });
      await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
      await subject.write(event('a'), { expectedRevision: 'no_stream' });
      expect(await subject.read()).toEqual(['a']);
    },
  ],
  [
    'a metadata stream shows its newest event only, whose revision counts up',
    async ({ client, stream }) => {
      for (const maxCount of [5, 6, 7]) await client.setStreamMetadata(stream, { maxCount });
      const events = await collect(client.readStream(`$$${stream}`));
      expect(events.map((resolved) => [resolved.event?.revision, resolved.event?.data])).toEqual([
        [2n, { $maxCount: 7 }],
      ]);
    },
  ],
  [
    'metadata written as an event of the metadata stream counts',
    async (subject) => {
      await subject.append('a', 'b');
      const metadata = jsonEvent({ type: '$metadata', data: { $tb: 1 } });
      await subject.client.appendToStream(`$$${subject.stream}`, metadata);
      expect(await subject.read()).toEqual(['b']);
    },
  ],
]);

describeEventStore('stream metadata', kept, refused, limits, streams);
