import { BACKWARDS, type DeleteResult, END, type ExpectedRevision } from '@eventstore/db-client';
import { collect, event, revisionsOf } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { type RefusalRow, refusals, type ScenarioRow, scenarios } from './tables.js';

const INT64_MAX = 9223372036854775807n;
const A_POSITION: unknown = expect.any(BigInt);

/** The client can tombstone expecting `stream_exists`, but does not say so in its types. */
type Expected = ExpectedRevision | 'stream_exists';
type Deletion = 'deleteStream' | 'tombstoneStream';

function end(
  { client, stream }: EventStoreSubject,
  how: Deletion,
  expected: Expected,
): Promise<DeleteResult> {
  const options: { expectedRevision?: ExpectedRevision } = {};
  Object.assign(options, { expectedRevision: expected });
  return client[how](stream, options);
}

const wire: Readonly<Record<string, bigint>> = { any: -2n, no_stream: -1n, stream_exists: -4n };

function conflicts(
  state: string,
  prepare: (subject: EventStoreSubject) => Promise<unknown>,
  how: Deletion,
  expected: Expected,
  actualVersion: bigint,
): RefusalRow {
  return [
    `${how} of a stream ${state} expecting ${expected} conflicts`,
    async (subject) => {
      await prepare(subject);
      await end(subject, how, expected);
    },
    ({ stream }) => ({
      type: 'wrong-expected-version',
      code: 9,
      streamName: stream,
      expectedVersion: typeof expected === 'bigint' ? expected : wire[expected],
      actualVersion,
    }),
  ];
}

const nothing = () => Promise.resolve();
const abc = (subject: EventStoreSubject) => subject.append('a', 'b', 'c');

const conflicting = refusals({ area: 'expected revisions of deletions', source: 'observed: Delete' }, [
  conflicts('that never was', nothing, 'deleteStream', 'any', -1n),
  conflicts('that never was', nothing, 'deleteStream', 'no_stream', -1n),
  conflicts('that never was', nothing, 'tombstoneStream', 'stream_exists', -1n),
]);

const conflictingAtRevisions = refusals(
  { area: 'expected revisions of deletions', source: 'client suite: deleteStream, tombstoneStream' },
  [
    conflicts('at revision 2', abc, 'deleteStream', 1n, 2n),
    conflicts('at revision 2', abc, 'deleteStream', 'no_stream', 2n),
    conflicts('at revision 2', abc, 'tombstoneStream', 1n, 2n),
    conflicts('at revision 2', abc, 'tombstoneStream', 9n, 2n),
    conflicts('at revision 2', abc, 'tombstoneStream', 'no_stream', 2n),
    conflicts('that never was', nothing, 'deleteStream', 3n, -1n),
    conflicts('that never was', nothing, 'tombstoneStream', 3n, -1n),
  ],
);

function ends(
  state: string,
  prepare: (subject: EventStoreSubject) => Promise<unknown>,
  how: Deletion,
  expected: Expected,
): ScenarioRow {
  return [
    `${how} of a stream ${state} expecting ${expected} is done`,
    async (subject) => {
      await prepare(subject);
      expect((await end(subject, how, expected)).position?.commit).toEqual(A_POSITION);
      const type = how === 'deleteStream' ? 'stream-not-found' : 'stream-deleted';
      await expect(subject.read()).rejects.toMatchObject({ type });
    },
  ];
}

const metadataOnly = ({ client, stream }: EventStoreSubject) =>
  client.setStreamMetadata(stream, { cacheControl: 10 });

const done = scenarios(
  { area: 'expected revisions of deletions', source: 'client suite: deleteStream, tombstoneStream' },
  [
    ends('at revision 2', abc, 'deleteStream', 'any'),
    ends('at revision 2', abc, 'deleteStream', 2n),
    ends('at revision 2', abc, 'tombstoneStream', 'any'),
    ends('at revision 2', abc, 'tombstoneStream', 2n),
    ends('at revision 2', abc, 'tombstoneStream', 'stream_exists'),
    ends('that has metadata only', metadataOnly, 'deleteStream', 'no_stream'),
    ends('that has metadata only', metadataOnly, 'deleteStream', 'any'),
  ],
);

const tombstonesOfNothing = scenarios(
  { area: 'expected revisions of deletions', source: 'observed: Delete' },
  [
    ends('that never was', nothing, 'tombstoneStream', 'any'),
    ends('that never was', nothing, 'tombstoneStream', 'no_stream'),
  ],
);

const softDeletes = scenarios({ area: 'soft delete', source: 'observed: Delete' }, [
  [
    'the stream is truncated before the end of all revisions',
    async (subject) => {
      await subject.append('a');
      await subject.client.deleteStream(subject.stream);
      const [metadata] = await collect(subject.client.readStream(`$$${subject.stream}`));
      expect(metadata?.event).toMatchObject({ type: '$metadata', data: { $tb: Number(INT64_MAX) } });
    },
  ],
  [
    'it can be repeated',
    async (subject) => {
      await subject.append('a');
      await subject.client.deleteStream(subject.stream);
      expect((await subject.client.deleteStream(subject.stream)).position?.commit).toEqual(A_POSITION);
    },
  ],
  [
    'a stream that is written again goes on with its revisions and is truncated before the first new one',
    async (subject) => {
      await subject.append('a', 'b');
      await subject.client.deleteStream(subject.stream);
      await subject.write(event('c'), { expectedRevision: 'no_stream' });
      expect(revisionsOf(await collect(subject.client.readStream(subject.stream)))).toEqual([2n]);
      const { metadata } = await subject.client.getStreamMetadata(subject.stream);
      expect(metadata).toMatchObject({ truncateBefore: 2 });
    },
  ],
]);

const softDeletesDocumented = scenarios(
  { area: 'soft delete', source: 'EventStoreDB: Deleting streams and events; server suite: soft_delete' },
  [
    [
      'its position is that of the metadata event',
      async (subject) => {
        await subject.append('a');
        const { position } = await subject.client.deleteStream(subject.stream);
        const fromPosition = defined(position);
        const [found] = await collect(subject.client.readAll({ fromPosition, maxCount: 1 }));
        expect(found?.event).toMatchObject({ streamId: `$$${subject.stream}`, type: '$metadata' });
      },
    ],
    [
      'several events are written after it as one append, all of them visible',
      async (subject) => {
        await subject.append('a', 'b');
        await subject.client.deleteStream(subject.stream);
        await subject.append('c', 'd');
        await subject.append('e');
        expect(await subject.read()).toEqual(['c', 'd', 'e']);
        expect(await subject.read({ direction: BACKWARDS, fromRevision: END })).toEqual(['e', 'd', 'c']);
      },
    ],
    [
      'it can be done again after the stream was written again',
      async (subject) => {
        await subject.append('a');
        await subject.client.deleteStream(subject.stream);
        await subject.append('b');
        await subject.client.deleteStream(subject.stream);
        await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
        expect(await subject.append('c')).toMatchObject({ nextExpectedRevision: 2n });
      },
    ],
    [
      'metadata set afterwards lets the stream begin behind its last revision, and is kept',
      async (subject) => {
        await subject.append('a', 'b');
        await subject.client.deleteStream(subject.stream);
        await subject.client.setStreamMetadata(subject.stream, { maxCount: 100, acl: { readRoles: ['x'] } });
        expect(await subject.read()).toEqual([]);
        const { metadata } = await subject.client.getStreamMetadata(subject.stream);
        expect(metadata).toEqual({ truncateBefore: 2, maxCount: 100, acl: { readRoles: ['x'] } });
      },
    ],
    [
      'a stream that had metadata only can be written from its start',
      async (subject) => {
        await metadataOnly(subject);
        await subject.client.deleteStream(subject.stream);
        expect(await subject.append('a')).toMatchObject({ nextExpectedRevision: 0n });
        expect(await subject.read()).toEqual(['a']);
      },
    ],
  ],
);

const tombstones = scenarios({ area: 'tombstone', source: 'observed: Delete' }, [
  [
    'it is the last event of its stream in $all',
    async (subject) => {
      await subject.append('a');
      const { position } = await subject.client.tombstoneStream(subject.stream);
      const fromPosition = defined(position);
      const [tombstone] = await collect(subject.client.readAll({ fromPosition, maxCount: 1 }));
      expect(tombstone?.event).toMatchObject({
        streamId: subject.stream,
        type: '$streamDeleted',
        revision: INT64_MAX,
        isJson: false,
      });
      expect(tombstone?.event?.data).toHaveLength(0);
    },
  ],
  [
    'it takes the metadata along',
    async (subject) => {
      await subject.append('a');
      await subject.client.setStreamMetadata(subject.stream, { maxCount: 3 });
      await subject.client.tombstoneStream(subject.stream);
      await expect(subject.read({}, `$$${subject.stream}`)).rejects.toMatchObject({
        type: 'stream-deleted',
        code: 9,
      });
    },
  ],
]);

const tombstonesDocumented = scenarios(
  { area: 'tombstone', source: 'EventStoreDB: Deleting streams and events, Hard delete' },
  [
    [
      'it cannot be repeated, nor can the stream be deleted',
      async (subject) => {
        await subject.append('a');
        await subject.client.tombstoneStream(subject.stream);
        for (const how of ['tombstoneStream', 'deleteStream'] as const) {
          await expect(end(subject, how, 'any')).rejects.toMatchObject({ type: 'stream-deleted' });
        }
      },
    ],
    [
      'a soft-deleted stream can be tombstoned',
      async (subject) => {
        await subject.append('a');
        await subject.client.deleteStream(subject.stream);
        await subject.client.tombstoneStream(subject.stream);
        await expect(subject.append('b')).rejects.toMatchObject({ type: 'stream-deleted' });
      },
    ],
    [
      'metadata cannot be set afterwards',
      async (subject) => {
        await subject.client.tombstoneStream(subject.stream);
        await expect(metadataOnly(subject)).rejects.toMatchObject({ type: 'stream-deleted' });
      },
    ],
  ],
);

describeEventStore(
  'delete and tombstone',
  conflicting,
  conflictingAtRevisions,
  done,
  tombstonesOfNothing,
  softDeletes,
  softDeletesDocumented,
  tombstones,
  tombstonesDocumented,
);
