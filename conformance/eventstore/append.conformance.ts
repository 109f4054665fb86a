import { randomUUID } from 'node:crypto';
import { binaryEvent, jsonEvent, type JSONType } from '@eventstore/db-client';
import { collect, event } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { type AppendRow, type Heading, ofBothCalls } from './tables.js';

const MEBIBYTE = 1024 * 1024;
const documented = (source: string): Heading => ({ area: 'appending', source });

async function firstOf({ client, stream }: EventStoreSubject) {
  const [first] = await collect(client.readStream(stream, { maxCount: 1 }));
  return defined(first?.event);
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const shapes: readonly (readonly [string, JSONType])[] = [
  ['an object', { text: 'Grüße 🚀', nested: { list: [1, null, 'two'] } }],
  ['a text', 'CC ‐ 1830'],
  ['control characters', { char: '\u0018\u0000\u001f' }],
  ['letters beyond Latin-1', { char: 'Ę', more: '어학연구소' }],
  ['an empty object', {}],
  ['a list', [1, 2, 3]],
];

const contents = ofBothCalls(documented('client suite: appendToStream, encoding'), [
  ...shapes.map(([name, data]): AppendRow => [
    `JSON data that is ${name} is given back`,
    async (subject, options) => {
      await subject.write(jsonEvent({ type: 'Kept', data }), options);
      expect(await firstOf(subject)).toMatchObject({ isJson: true, data });
    },
  ]),
  [
    'binary data is given back',
    async (subject, options) => {
      const data = new Uint8Array([0, 255, 128, 10]);
      await subject.write(binaryEvent({ type: 'Kept', data }), options);
      const kept = await firstOf(subject);
      expect(kept).toMatchObject({ isJson: false, type: 'Kept' });
      expect(Buffer.from(kept.data as unknown as Uint8Array)).toEqual(Buffer.from(data));
    },
  ],
  ...(
    [
      ['JSON', jsonEvent({ type: 'Kept', data: {}, metadata: { by: 'a test' } })],
      ['binary', binaryEvent({ type: 'Kept', data: bytes('x'), metadata: { by: 'a test' } })],
    ] as const
  ).map(([kind, given]): AppendRow => [
    `metadata of a ${kind} event that is an object is given back`,
    async (subject, options) => {
      await subject.write({ ...given, id: randomUUID() }, options);
      expect((await firstOf(subject)).metadata).toEqual({ by: 'a test' });
    },
  ]),
  ...(
    [
      ['JSON', jsonEvent({ type: 'Kept', data: {}, metadata: bytes('How meta') })],
      ['binary', binaryEvent({ type: 'Kept', data: bytes('x'), metadata: bytes('How meta') })],
    ] as const
  ).map(([kind, given]): AppendRow => [
    `metadata of a ${kind} event that is bytes is given back`,
    async (subject, options) => {
      await subject.write({ ...given, id: randomUUID() }, options);
      const { metadata } = await firstOf(subject);
      expect(Buffer.from(metadata as unknown as Uint8Array).toString()).toBe('How meta');
    },
  ]),
  [
    'an event without metadata has none',
    async (subject, options) => {
      await subject.write(event(), options);
      expect((await firstOf(subject)).metadata).toBeUndefined();
    },
  ],
]);

const recorded = ofBothCalls(documented('client suite: RecordedEvent; EventStoreDB: Event metadata'), [
  [
    'an event keeps its id, type and stream, and has a revision and a position',
    async (subject, options) => {
      const given = event('Kept');
      const { position } = await subject.write(given, options);
      expect(await firstOf(subject)).toMatchObject({
        id: given.id,
        type: 'Kept',
        streamId: subject.stream,
        revision: 0n,
        position,
      });
    },
  ],
  [
    'an event has the time at which it was written',
    async (subject, options) => {
      const before = Date.now();
      await subject.write(event(), options);
      const { created } = await firstOf(subject);
      expect(created.getTime()).toBeGreaterThanOrEqual(before);
      expect(created.getTime()).toBeLessThanOrEqual(Date.now());
    },
  ],
  [
    'the events of an append are written in their order',
    async (subject, options) => {
      const types = Array.from({ length: 50 }, (_, index) => `type-${index}`);
      const result = await subject.write(
        types.map((type) => event(type)),
        options,
      );
      expect(result.nextExpectedRevision).toBe(49n);
      expect(await subject.read()).toEqual(types);
    },
  ],
  ...['a b\tc', 'straße 🚀', '%25/?#', 'ヽ༼ຈل͜ຈ༽ﾉ'].map((name): AppendRow => [
    `a stream may have ${JSON.stringify(name)} in its name`,
    async (subject, options) => {
      const stream = subject.named(name);
      await subject.client.appendToStream(stream, event(), options);
      const [first] = await collect(subject.client.readStream(stream));
      expect(first?.event?.streamId).toBe(stream);
    },
  ]),
]);

const observed = ofBothCalls({ area: 'appending', source: 'observed: Appends' }, [
  ...(['any', 'no_stream'] as const).map((expectedRevision): AppendRow => [
    `an empty append expecting ${expectedRevision} succeeds on no stream, which stays unknown, and moves $all on`,
    async (subject, options) => {
      const { success, position } = await subject.write([], { ...options, expectedRevision });
      expect(success).toBe(true);
      await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
      const next = await subject.append('a');
      expect(defined(next.position).commit).toBeGreaterThan(defined(position).commit);
    },
  ]),
  [
    'an empty append to a stream at another revision conflicts',
    async (subject, options) => {
      await subject.append('a', 'b');
      await expect(subject.write([], { ...options, expectedRevision: 0n })).rejects.toMatchObject({
        type: 'wrong-expected-version',
        actualVersion: 1n,
      });
    },
  ],
  [
    'an empty append to a stream as expected gives its last revision',
    async (subject, options) => {
      await subject.append('a', 'b');
      expect(await subject.write([], { ...options, expectedRevision: 1n })).toMatchObject({
        success: true,
        nextExpectedRevision: 1n,
      });
    },
  ],
  [
    'an empty stream name is refused',
    async ({ client }, options) => {
      await expect(client.appendToStream('', event(), options)).rejects.toMatchObject({ type: 'unknown' });
    },
  ],
  [
    'an empty type is refused',
    async (subject, options) => {
      await expect(subject.write(event(''), options)).rejects.toMatchObject({ type: 'unknown' });
    },
  ],
  [
    'a bad UUID is refused',
    async (subject, options) => {
      // A second answer follows when the time is over, for which this client has no call waiting: it must be gone.
      const client = subject.connect({});
      const bad = event('Bad', 'nonsense');
      const call = client.appendToStream(subject.stream, bad, options);
      await expect(call).rejects.toMatchObject({ type: 'unknown' });
      await client.dispose();
      await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
    },
  ],
  ...(['$all', '$$$$x'] as const).map((stream): AppendRow => [
    `a stream named ${stream} takes an append`,
    async ({ client }, options) => {
      expect(await client.appendToStream(stream, event(), options)).toMatchObject({ success: true });
    },
  ]),
  [
    'a type that begins with $ is taken',
    async (subject, options) => {
      await subject.write(event('$foo'), options);
      expect(await subject.read()).toEqual(['$foo']);
    },
  ],
  [
    'an id that is a UUIDv8 is given back as it is',
    async (subject, options) => {
      const id = randomUUID().replace(/^(.{14})4/, '$18');
      await subject.write(event('Eight', id), options);
      expect((await firstOf(subject)).id).toBe(id);
    },
  ],
  [
    'exactly 1,048,576 bytes of data are taken, with 1.2 MB of metadata',
    async (subject, options) => {
      const metadata = { long: 'x'.repeat(1_200_000) };
      const data = new Uint8Array(MEBIBYTE);
      await subject.write(binaryEvent({ type: 'Sized', data, metadata }), options);
      const kept = await firstOf(subject);
      expect(kept.data).toHaveLength(MEBIBYTE);
      expect(kept.metadata).toEqual(metadata);
    },
  ],
  [
    'one byte more is refused, and a later append is not',
    async (subject, options) => {
      const data = new Uint8Array(MEBIBYTE + 1);
      await expect(subject.write(binaryEvent({ type: 'Sized', data }), options)).rejects.toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: MEBIBYTE,
      });
      expect(await subject.append('a')).toMatchObject({ nextExpectedRevision: 0n });
    },
  ],
  [
    'the data of all events of an append counts',
    async (subject, options) => {
      const half = () => binaryEvent({ type: 'Half', data: new Uint8Array(MEBIBYTE / 2 + 1) });
      const call = subject.client.appendToStream(subject.stream, [half(), half()], options);
      await expect(call).rejects.toMatchObject({ type: 'maximum-append-size-exceeded' });
      await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
    },
  ],
  [
    'a message of 20 MiB is refused, and a later append is not',
    async (subject, options) => {
      const giant = binaryEvent({ type: 'Giant', data: new Uint8Array(20 * MEBIBYTE) });
      await expect(subject.write(giant, options)).rejects.toMatchObject({ type: 'unknown', code: 8 });
      expect(await subject.append('a')).toMatchObject({ nextExpectedRevision: 0n });
    },
  ],
  [
    'each event of an append has a position, and the answer holds the last',
    async (subject, options) => {
      const { position } = await subject.write([event(), event(), event()], options);
      const commits = (await subject.positions()).map(({ commit }) => commit);
      expect(new Set(commits).size).toBe(3);
      expect(commits.toSorted((left, right) => Number(left - right))).toEqual(commits);
      expect(commits.at(-1)).toBe(defined(position).commit);
    },
  ],
]);

const batches = ofBothCalls(documented('client suite: appendToStream - batch append'), [
  [
    'an append that goes in many messages is one append',
    async (subject, options) => {
      const events = Array.from({ length: 300 }, (_, index) => event(`type-${index}`));
      const result = await subject.write(events, { ...options, batchAppendSize: 1024 });
      expect(result.nextExpectedRevision).toBe(299n);
      expect(await subject.read()).toEqual(events.map(({ type }) => type));
    },
  ],
  [
    'many appends at once are all answered, each with its own revision',
    async (subject, options) => {
      const streams = Array.from({ length: 100 }, (_, index) => subject.named(String(index)));
      const results = await Promise.all(
        streams.map((stream, index) =>
          subject.client.appendToStream(
            stream,
            Array.from({ length: (index % 3) + 1 }, () => event()),
            options,
          ),
        ),
      );
      expect(results.map(({ nextExpectedRevision }) => nextExpectedRevision)).toEqual(
        streams.map((_, index) => BigInt(index % 3)),
      );
    },
  ],
]);

describeEventStore('appending', contents, recorded, observed, batches);
