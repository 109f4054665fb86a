import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import { collect, event } from '../../infra/embedded/eventstore/testing.js';
import { defined, describeEventStore, type EventStoreSubject } from './subject.js';
import { scenarios, type ScenarioRow } from './tables.js';
import { failureOf, readAllOfType, type WireAppend, WireBatch } from './wire.js';

const MEBIBYTE = 1024 * 1024;
const SOON = 300;

async function withBatch(
  subject: EventStoreSubject,
  use: (batch: WireBatch) => Promise<void>,
): Promise<void> {
  const batch = new WireBatch(subject.url);
  try {
    await use(batch);
  } finally {
    batch.close();
  }
}

const failures = scenarios({ area: 'batch append on the wire', source: 'observed: Expected revision' }, [
  [
    'a conflict has code 6 and its details, and the expected position is not echoed',
    (subject) =>
      withBatch(subject, async (batch) => {
        await subject.append('a', 'b');
        const response = await batch.ask({ stream: subject.stream, revision: 7 });
        expect(failureOf(response)).toEqual({ code: 6, details: 'WrongExpectedVersion' });
        const details = response
          .getError()
          ?.getDetails()
          ?.unpack(
            (bytes) => sharedMessages.WrongExpectedVersion.deserializeBinary(bytes),
            'event_store.client.WrongExpectedVersion',
          );
        expect(details?.getCurrentStreamRevision()).toBe('1');
        expect(response.hasStreamPosition()).toBe(false);
      }),
  ],
  [
    'a deleted stream has code 5',
    (subject) =>
      withBatch(subject, async (batch) => {
        await subject.client.tombstoneStream(subject.stream);
        const response = await batch.ask({ stream: subject.stream });
        expect(failureOf(response)).toEqual({ code: 5, details: 'StreamDeleted' });
      }),
  ],
  [
    'too much data has code 3',
    (subject) =>
      withBatch(subject, async (batch) => {
        const response = await batch.ask({ stream: subject.stream, data: 'x'.repeat(MEBIBYTE + 1) });
        expect(failureOf(response)).toEqual({ code: 3, details: 'MaximumAppendSizeExceeded' });
      }),
  ],
  [
    'a deadline that is over has code 4, and nothing is written',
    (subject) =>
      withBatch(subject, async (batch) => {
        const response = await batch.ask({ stream: subject.stream, deadline: 1000 });
        expect(failureOf(response)).toEqual({ code: 4, details: 'Timeout' });
        await expect(subject.read()).rejects.toMatchObject({ type: 'stream-not-found' });
      }),
  ],
]);

function refusedTwice(what: string, bad: Partial<WireAppend>): ScenarioRow {
  return [
    `${what} has code 3, and once more code 4 when its time is over`,
    (subject) =>
      withBatch(subject, async (batch) => {
        const deadline = Date.now() + SOON;
        const response = await batch.ask({ stream: subject.stream, ...bad, deadline });
        expect(failureOf(response)).toEqual({ code: 3, details: 'BadRequest' });
        expect(failureOf(await batch.next())).toEqual({ code: 4, details: 'Timeout' });
      }),
  ];
}

function taken(what: string, data: string, contentType: string): ScenarioRow {
  return [
    `${what} is taken and given back`,
    (subject) =>
      withBatch(subject, async (batch) => {
        const metadata = { type: 'Odd', 'content-type': contentType };
        const response = await batch.ask({ stream: subject.stream, data, metadata });
        expect(response.hasSuccess()).toBe(true);
        const [resolved] = await collect(subject.client.readStream(subject.stream));
        const body: unknown = resolved?.event?.data;
        expect(body instanceof Uint8Array ? Buffer.from(body).toString() : body).toBe(data);
      }),
  ];
}

const requests = scenarios({ area: 'batch append on the wire', source: 'observed: Appends' }, [
  refusedTwice('a missing type', { metadata: { 'content-type': 'application/json' } }),
  refusedTwice('a missing content type', { metadata: { type: 'Happened' } }),
  refusedTwice('a bad UUID', { id: 'nonsense' }),
  taken('a body that is not the JSON it says it is', '{"half":', 'application/json'),
  taken('a body of an odd content type', 'anything', 'image/png'),
]);

const filtered = scenarios({ area: 'filtered reads of $all on the wire', source: 'observed: Reads' }, [
  [
    'a read of $all is filtered when the request asks for it',
    async (subject) => {
      const wanted = subject.named('Wanted');
      await subject.append(wanted, 'Other', wanted);
      expect(await readAllOfType(subject.url, `^${wanted}$`, 1000)).toEqual([wanted, wanted]);
    },
  ],
  [
    'the count of a filtered read counts what is let through',
    async (subject) => {
      const wanted = subject.named('Wanted');
      await subject.append(wanted, 'Other', wanted, 'Other', wanted);
      expect(await readAllOfType(subject.url, `^${wanted}$`, 2)).toEqual([wanted, wanted]);
    },
  ],
  [
    'a pattern that is none has code 2',
    async ({ url }) => {
      await expect(readAllOfType(url, '(', 10)).rejects.toMatchObject({ code: 2 });
    },
  ],
  [
    'the client of this version gives everything, whatever its filter says',
    async (subject) => {
      const { position } = await subject.append('Wanted', 'Other');
      const [first] = await subject.positions();
      const options = { fromPosition: defined(first), maxCount: 2, filter: { prefixes: ['Wanted'] } };
      const events = await collect(subject.client.readAll(options));
      expect(events.map((resolved) => resolved.event?.type)).toEqual(['Wanted', 'Other']);
      expect(events.at(-1)?.event?.position).toEqual(position);
    },
  ],
]);

const answers = scenarios(
  { area: 'batch append on the wire', source: 'EventStoreDB protocol: streams.proto, BatchAppendResp' },
  [
    [
      'a success names the stream, its revision and the position',
      (subject) =>
        withBatch(subject, async (batch) => {
          await subject.append('a');
          const response = await batch.ask({ stream: subject.stream });
          const name = response.getStreamIdentifier()?.getStreamName_asU8() ?? new Uint8Array();
          expect(Buffer.from(name).toString()).toBe(subject.stream);
          expect(response.getSuccess()?.getCurrentRevision()).toBe('1');
          const [, second] = await subject.positions();
          expect(response.getSuccess()?.getPosition()?.getCommitPosition()).toBe(
            String(defined(second).commit),
          );
        }),
    ],
    [
      'one call answers many appends, failed ones among them',
      (subject) =>
        withBatch(subject, async (batch) => {
          await subject.client.appendToStream(subject.stream, event());
          const { stream } = subject;
          expect((await batch.ask({ stream, revision: 0 })).hasSuccess()).toBe(true);
          expect((await batch.ask({ stream, revision: 0 })).hasError()).toBe(true);
          expect((await batch.ask({ stream, revision: 1 })).hasSuccess()).toBe(true);
        }),
    ],
  ],
);

describeEventStore('messages that the client hides', failures, requests, answers, filtered);
