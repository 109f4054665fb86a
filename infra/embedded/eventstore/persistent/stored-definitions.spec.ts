import fc from 'fast-check';
import { ALL, STRATEGIES } from './definition.js';
import { readPlace, readStart, writePlace, writeStart } from './place.js';
import { type StoredDefinition, decodeDefinitions, encodeDefinitions } from './stored-definitions.js';
import { Unfinished } from './unfinished.js';

const count = fc.nat();
const text = fc.string({ minLength: 1 });
const filter = fc.oneof(
  fc.record({
    on: fc.constantFrom('stream name' as const, 'event type' as const),
    regex: fc.constant(undefined),
    prefixes: fc.array(text, { minLength: 1 }),
  }),
  fc.record({
    on: fc.constantFrom('stream name' as const, 'event type' as const),
    regex: text,
    prefixes: fc.constant([]),
  }),
);
const revision = fc
  .bigInt({ min: 1n, max: 2n ** 63n - 1n })
  .map((at) => ({ commit: at, prepare: at }) as const);
const start = fc.oneof(fc.constantFrom('start' as const, 'end' as const), revision);

const definition: fc.Arbitrary<StoredDefinition> = fc.record({
  stream: fc.oneof(fc.constant(ALL), text),
  group: text,
  filter: fc.option(filter, { nil: undefined }),
  start,
  endWas: fc.option(fc.integer({ min: -1 }), { nil: undefined }),
  settings: fc.record({
    resolveLinks: fc.boolean(),
    extraStatistics: fc.boolean(),
    messageTimeout: count,
    maxRetryCount: count,
    checkpointAfter: count,
    minCheckpointCount: count,
    maxCheckpointCount: count,
    maxSubscriberCount: count,
    liveBufferSize: count,
    readBatchSize: count,
    historyBufferSize: count,
    strategy: fc.constantFrom(...STRATEGIES),
  }),
});

test('definitions are read as they were written', () => {
  fc.assert(
    fc.property(fc.array(definition), (definitions) => {
      expect(decodeDefinitions(encodeDefinitions(definitions, new Date(0)))).toEqual(definitions);
    }),
  );
});

test('definitions are laid out as the server lays them out', () => {
  const stored = decodeDefinitions(
    Buffer.from(
      JSON.stringify({
        version: '2',
        updated: '2023-10-01T00:00:00Z',
        updatedBy: 'admin',
        entries: [
          {
            stream: '$all',
            group: 'theirs',
            filter: { context: 'eventtype', type: 'prefix', data: 'a,b', isAllStream: true },
            resolveLinkTos: true,
            extraStatistics: false,
            messageTimeout: 30_000,
            startFrom: 0,
            startPosition: 'C:0/P:0',
            liveBufferSize: 500,
            historyBufferSize: 500,
            maxRetryCount: 10,
            readBatchSize: 20,
            preferRoundRobin: false,
            checkPointAfter: 2000,
            minCheckPointCount: 10,
            maxCheckPointCount: 1000,
            maxSubscriberCount: 0,
            namedConsumerStrategy: 'RoundRobin',
          },
          { stream: 'odd' },
          17,
        ],
      }),
    ),
  );
  expect(stored).toMatchObject([
    { stream: '$all', group: 'theirs', start: 'start', filter: { on: 'event type', prefixes: ['a', 'b'] } },
  ]);
});

test.each(['', 'null', '[]', '{"entries":7}', '{"entries":[null,{}]}'])('%j holds no definitions', (data) => {
  expect(decodeDefinitions(Buffer.from(data))).toEqual([]);
});

test('places and starts are read as they were written', () => {
  const place = fc.oneof(fc.nat(), fc.constant(2 ** 63));
  fc.assert(
    fc.property(fc.constantFrom(ALL, 'stream'), place, start, (stream, at, from) => {
      fc.pre(stream !== ALL || at < 2 ** 62);
      expect(readPlace(stream, writePlace(stream, at))).toBe(at);
      expect(readStart(stream, writeStart(stream, from))).toEqual(from);
    }),
  );
});

test.each(['', 'x', '-1', 'C:1/P:x', '1.5', '9'.repeat(30)])('%j is no place', (place) => {
  expect([readPlace('stream', place), readPlace(ALL, place)]).toEqual([undefined, undefined]);
});

test('progress never passes an event that is not finished, and reaches the end when all are', () => {
  const steps = fc.array(fc.constantFrom('begin', 'pass', 'finish first', 'finish last'));
  fc.assert(
    fc.property(steps, (taken) => {
      const unfinished = new Unfinished();
      const open: { sequence: number; cursor: number }[] = [];
      let cursor = -1;
      for (const step of taken) {
        if (step === 'begin') {
          open.push({ sequence: unfinished.begin(cursor), cursor: cursor + 1 });
          cursor++;
        } else if (step === 'pass') {
          unfinished.pass();
          cursor++;
        } else {
          const done = step === 'finish first' ? open.shift() : open.pop();
          if (done) unfinished.finish(done.sequence);
        }
        const progress = unfinished.progress(cursor);
        expect(progress.cursor).toBe(open[0] ? open[0].cursor - 1 : cursor);
        expect(progress.count).toBe(open[0] ? open[0].sequence : cursor + 1);
      }
    }),
  );
});
