import { type AppendExpectedRevision, STREAM_EXISTS } from '@eventstore/db-client';
import { event } from '../../infra/embedded/eventstore/testing.js';
import { describeEventStore, type EventStoreSubject } from './subject.js';
import { type AppendRow, ofBothCalls, scenarios } from './tables.js';

const CONDITIONS = {
  'that never existed': async () => {},
  'at revision 2': async (subject: EventStoreSubject) => {
    await subject.append('a', 'b', 'c');
  },
  'soft-deleted at revision 2': async (subject: EventStoreSubject) => {
    await subject.append('a', 'b', 'c');
    await subject.client.deleteStream(subject.stream);
  },
  tombstoned: async (subject: EventStoreSubject) => {
    await subject.append('a', 'b', 'c');
    await subject.client.tombstoneStream(subject.stream);
  },
  'that has metadata only': async (subject: EventStoreSubject) => {
    await subject.client.setStreamMetadata(subject.stream, { maxCount: 7 });
  },
};

type Condition = keyof typeof CONDITIONS;

/** The revision it is written at, where the stream is instead, or that it is deleted. */
type Outcome = { readonly at: bigint } | { readonly actual: bigint | 'no_stream' } | 'deleted';

type Row = readonly [condition: Condition, expected: AppendExpectedRevision, outcome: Outcome];

function appendRow([condition, expectedRevision, outcome]: Row): AppendRow {
  const asked = `a stream ${condition}, appended to expecting ${expectedRevision},`;
  const name =
    outcome === 'deleted'
      ? `${asked} is deleted`
      : 'at' in outcome
        ? `${asked} is written at ${outcome.at}`
        : `${asked} conflicts, being at ${outcome.actual}`;
  return [
    name,
    async (subject, options) => {
      await CONDITIONS[condition](subject);
      const call = subject.write(event(), { ...options, expectedRevision });
      const streamName = subject.stream;
      if (outcome === 'deleted') {
        await expect(call).rejects.toMatchObject({ type: 'stream-deleted', streamName });
      } else if ('at' in outcome) {
        const result = await call;
        expect(result).toMatchObject({ success: true, nextExpectedRevision: outcome.at });
        expect(result.position?.commit).toBe(result.position?.prepare);
      } else {
        await expect(call).rejects.toMatchObject({
          type: 'wrong-expected-version',
          streamName,
          expectedVersion: expectedRevision,
          actualVersion: outcome.actual,
        });
      }
    },
  ];
}

const observed: readonly Row[] = [
  ['that never existed', 'any', { at: 0n }],
  ['that never existed', 'no_stream', { at: 0n }],
  ['that never existed', 'stream_exists', { actual: 'no_stream' }],
  ['that never existed', 0n, { actual: 'no_stream' }],
  ['that never existed', 5n, { actual: 'no_stream' }],
  ['at revision 2', 'any', { at: 3n }],
  ['at revision 2', 'stream_exists', { at: 3n }],
  ['at revision 2', 2n, { at: 3n }],
  ['at revision 2', 'no_stream', { actual: 2n }],
  ['at revision 2', 0n, { actual: 2n }],
  ['at revision 2', 1n, { actual: 2n }],
  ['at revision 2', 3n, { actual: 2n }],
  ['soft-deleted at revision 2', 'any', { at: 3n }],
  ['soft-deleted at revision 2', 'no_stream', { at: 3n }],
  ['soft-deleted at revision 2', 2n, { at: 3n }],
  ['soft-deleted at revision 2', 'stream_exists', 'deleted'],
  ['soft-deleted at revision 2', 0n, { actual: 2n }],
  ['soft-deleted at revision 2', 3n, { actual: 2n }],
  ['tombstoned', 'any', 'deleted'],
  ['tombstoned', 'no_stream', 'deleted'],
  ['tombstoned', 'stream_exists', 'deleted'],
  ['tombstoned', 2n, 'deleted'],
];

const appends = ofBothCalls(
  { area: 'expected revisions', source: 'observed: Expected revision' },
  observed.map(appendRow),
);

const ofMetadata = ofBothCalls(
  {
    area: 'expected revisions',
    source: 'KurrentDB pull request 902: a stream that has metadata exists',
  },
  [
    appendRow(['that has metadata only', 'no_stream', { at: 0n }]),
    appendRow(['that has metadata only', 'any', { at: 0n }]),
    appendRow(['that has metadata only', STREAM_EXISTS, { at: 0n }]),
  ],
);

const ofTombstones = ofBothCalls({ area: 'expected revisions', source: 'observed: Expected revision' }, [
  [
    'a tombstoned stream takes not even an event it holds',
    async (subject, options) => {
      const known = event();
      await subject.write(known, options);
      await subject.client.tombstoneStream(subject.stream);
      await expect(subject.write(known, options)).rejects.toMatchObject({ type: 'stream-deleted' });
    },
  ],
]);

const inWords = scenarios({ area: 'expected revisions', source: 'observed: Expected revision' }, [
  [
    'the unary call says in words that a stream is deleted',
    async (subject) => {
      await subject.client.tombstoneStream(subject.stream);
      const credentials = { username: 'ignored', password: 'ignored' };
      await expect(subject.write(event(), { credentials })).rejects.toMatchObject({
        code: 9,
        message: `9 FAILED_PRECONDITION: Event stream '${subject.stream}' is deleted.`,
      });
    },
  ],
]);

const quietly = ofBothCalls(
  { area: 'throwOnAppendFailure=false', source: 'observed: Expected revision; client: README, connection' },
  [
    [
      'a conflict tells where the stream is, as far as the client lets it',
      async (subject, options, call) => {
        await subject.append('a', 'b', 'c');
        const quiet = subject.connect({ throwOnAppendFailure: 'false' });
        const conflict = { ...options, expectedRevision: 0n };
        // On batch append the client says 1 whatever the revision is.
        const nextExpectedRevision = call === 'batch append' ? 1n : 2n;
        expect(await quiet.appendToStream(subject.stream, event(), conflict)).toMatchObject({
          success: false,
          nextExpectedRevision,
        });
        expect(await subject.read()).toEqual(['a', 'b', 'c']);
      },
    ],
    [
      'a conflict with a stream that is not there tells -1',
      async (subject, options) => {
        const quiet = subject.connect({ throwOnAppendFailure: 'false' });
        const conflict = { ...options, expectedRevision: 0n };
        expect(await quiet.appendToStream(subject.stream, event(), conflict)).toMatchObject({
          success: false,
          nextExpectedRevision: -1n,
        });
      },
    ],
    [
      'an append that meets no conflict succeeds',
      async (subject, options) => {
        const quiet = subject.connect({ throwOnAppendFailure: 'false' });
        expect(await quiet.appendToStream(subject.stream, event(), options)).toMatchObject({
          success: true,
          nextExpectedRevision: 0n,
        });
      },
    ],
  ],
);

const usage = ofBothCalls(
  { area: 'handling concurrency', source: 'EventStoreDB clients: Appending events, Handling concurrency' },
  [
    [
      'the revision of one append is what the next one expects',
      async (subject, options) => {
        const first = await subject.write([event('a'), event('b')], {
          ...options,
          expectedRevision: 'no_stream',
        });
        const expectedRevision = first.nextExpectedRevision;
        await subject.write(event('c'), { ...options, expectedRevision });
        await expect(subject.write(event('d'), { ...options, expectedRevision })).rejects.toMatchObject({
          type: 'wrong-expected-version',
          expectedVersion: 1n,
          actualVersion: 2n,
        });
        expect(await subject.read()).toEqual(['a', 'b', 'c']);
      },
    ],
    [
      'of many who expect the same revision one is let through',
      async (subject, options) => {
        await subject.append('a');
        const writers = Array.from({ length: 8 }, () =>
          subject.write(event('b'), { ...options, expectedRevision: 0n }),
        );
        const outcomes = await Promise.allSettled(writers);
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
        expect(await subject.read()).toEqual(['a', 'b']);
      },
    ],
    [
      'an append that conflicts writes none of its events',
      async (subject, options) => {
        await subject.append('a');
        const several = [event('b'), event('c')];
        await expect(
          subject.write(several, { ...options, expectedRevision: 'no_stream' }),
        ).rejects.toMatchObject({ type: 'wrong-expected-version' });
        expect(await subject.read()).toEqual(['a']);
      },
    ],
  ],
);

describeEventStore('expected revisions', appends, ofMetadata, ofTombstones, inWords, quietly, usage);
