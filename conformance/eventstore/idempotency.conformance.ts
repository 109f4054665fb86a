import { type AppendExpectedRevision } from '@eventstore/db-client';
import { event } from '../../infra/embedded/eventstore/testing.js';
import { describeEventStore } from './subject.js';
import { type AppendRow, type Heading, ofBothCalls, scenarios } from './tables.js';

const heading: Heading = { area: 'event ids', source: 'observed: Idempotency by event id' };

type Events = Record<string, ReturnType<typeof event>>;

function pick(events: Events, names: string): ReturnType<typeof event>[] {
  return names.split(' ').map((name) => (events[name] ??= event(name)));
}

/** What the stream holds, what is asked for, what is expected, and the revision that is answered. */
type RepetitionRow = readonly [held: string, again: string, AppendExpectedRevision, revision: bigint];

function repetition([held, again, expectedRevision, revision]: RepetitionRow): AppendRow {
  return [
    `holding [${held}], [${again}] again expecting ${expectedRevision} succeeds at ${revision}`,
    async (subject, options) => {
      const events: Events = {};
      const positions: unknown[] = [];
      for (const one of pick(events, held)) positions.push((await subject.write(one, options)).position);
      expect(await subject.write(pick(events, again), { ...options, expectedRevision })).toMatchObject({
        success: true,
        nextExpectedRevision: revision,
        position: positions[Number(revision)],
      });
      expect(await subject.read()).toEqual(held.split(' '));
    },
  ];
}

type ConflictRow = readonly [held: string, asked: string, AppendExpectedRevision, actual: bigint];

function conflict([held, asked, expectedRevision, actual]: ConflictRow): AppendRow {
  return [
    `holding [${held}], [${asked}] expecting ${expectedRevision} conflicts at ${actual}`,
    async (subject, options) => {
      const events: Events = {};
      await subject.write(pick(events, held), options);
      const call = subject.write(pick(events, asked), { ...options, expectedRevision });
      await expect(call).rejects.toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: expectedRevision,
        actualVersion: actual,
      });
      expect(await subject.read()).toEqual(held.split(' '));
    },
  ];
}

type WrittenRow = readonly [held: string, asked: string, AppendExpectedRevision, given: string];

function writtenAgain([held, asked, expectedRevision, given]: WrittenRow): AppendRow {
  return [
    `holding [${held}], [${asked}] expecting ${expectedRevision} is written, giving [${given}]`,
    async (subject, options) => {
      const events: Events = {};
      await subject.write(pick(events, held), options);
      await subject.write(pick(events, asked), { ...options, expectedRevision });
      expect(await subject.read()).toEqual(given.split(' '));
    },
  ];
}

const tables = ofBothCalls(heading, [
  ...(
    [
      ['a', 'a', 'any', 0n],
      ['a', 'a', 'stream_exists', 0n],
      ['a b c', 'a', 'any', 0n],
      ['a b c', 'a', 'stream_exists', 0n],
      ['a b c', 'a', 'no_stream', 0n],
      ['a b c', 'b', 0n, 1n],
      ['a b', 'a b', 'any', 1n],
      ['a b', 'a', 'any', 0n],
      ['a b', 'b', 'any', 1n],
      ['a b', 'b a', 'any', 0n],
      ['a b', 'a b', 'no_stream', 1n],
      ['a b', 'a', 'no_stream', 0n],
      ['a b c', 'b c', 0n, 2n],
      ['a b c', 'b', 0n, 1n],
    ] as const
  ).map(repetition),
  ...(
    [
      ['a b', 'b', 'no_stream', 1n],
      ['a b', 'a', 7n, 1n],
      ['a b', 'b new', 'any', 1n],
      ['a b', 'a b new', 'no_stream', 1n],
      ['a b', 'b new', 0n, 1n],
      ['a b c', 'new', 0n, 2n],
    ] as const
  ).map(conflict),
  ...(
    [
      ['a b', 'b', 1n, 'a b b'],
      ['a b', 'new b', 'any', 'a b new b'],
      ['a', 'b b', 'any', 'a b b'],
    ] as const
  ).map(writtenAgain),
]);

const others = ofBothCalls(heading, [
  [
    'an id twice in one append, and the append again, is there twice',
    async (subject, options) => {
      const x = event('x');
      await subject.write([x, x], options);
      expect(await subject.write([x, x], options)).toMatchObject({ success: true });
      expect(await subject.read()).toEqual(['x', 'x']);
    },
  ],
  [
    'the same id in another stream is another event',
    async (subject, options) => {
      const x = event('x');
      const other = subject.named('other');
      await subject.write(x, options);
      await subject.client.appendToStream(other, x, options);
      expect(await subject.read({}, other)).toEqual(['x']);
    },
  ],
  [
    'a known id after a soft delete succeeds at 0, without a position, and writes nothing',
    async (subject, options) => {
      const x = event('x');
      await subject.write(x, options);
      await subject.client.deleteStream(subject.stream);
      const result = await subject.write(x, options);
      expect(result).toMatchObject({ success: true, nextExpectedRevision: 0n });
      expect(result.position).toBeUndefined();
      await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
    },
  ],
  [
    'a repetition is known after many other events',
    async (subject, options) => {
      const x = event('x');
      const { position } = await subject.write(x, options);
      await subject.append(...Array.from({ length: 200 }, () => 'Other'));
      expect(await subject.write(x, options)).toMatchObject({ nextExpectedRevision: 0n, position });
    },
  ],
]);

const atOnce = scenarios(heading, [
  ...(['no_stream', 0n] as const).map(
    (expectedRevision) =>
      [
        `the same event from several at once expecting ${expectedRevision} is written once, and all are told`,
        async (subject) => {
          if (expectedRevision === 0n) await subject.append('a');
          const x = event('x');
          const results = await Promise.all(
            Array.from({ length: 10 }, () => subject.write(x, { expectedRevision })),
          );
          const revision = expectedRevision === 0n ? 1n : 0n;
          expect(results.map((result) => result.nextExpectedRevision)).toEqual(results.map(() => revision));
          expect((await subject.read()).filter((type) => type === 'x')).toHaveLength(1);
        },
      ] as const satisfies Parameters<typeof scenarios>[1][number],
  ),
  [
    'the same event from several at once expecting any is written once; who is answered is told the first revision',
    async (subject) => {
      const x = event('x');
      const options = { credentials: { username: 'ignored', password: 'ignored' }, deadline: 3000 };
      const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => subject.write(x, options)));
      for (const outcome of outcomes) {
        if (outcome.status === 'fulfilled') expect(outcome.value.nextExpectedRevision).toBe(0n);
        else expect(outcome.reason).toMatchObject({ type: 'deadline-exceeded' });
      }
      expect(await subject.read()).toEqual(['x']);
    },
  ],
]);

describeEventStore('idempotency', tables, others, atOnce);
