import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import sharedMessages from '@eventstore/db-client/generated/shared_pb.js';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import { type ClientDuplexStream, Client, credentials } from '@grpc/grpc-js';
import { type TestNode, collect, event, freshStream, startTestNode } from './testing.js';
import { emptyField, messageField, numberField, textField } from './wire/fields.js';

type BatchResponse = InstanceType<typeof messages.BatchAppendResp>;
type ReadResponse = InstanceType<typeof messages.ReadResp>;

const STREAMS = '/event_store.client.streams.Streams';

// What the official client hides is asked for with messages of our own, and answered in its generated ones.
let server: TestNode;
let raw: Client;
let batch: ClientDuplexStream<Buffer, BatchResponse>;

beforeAll(async () => {
  server = await startTestNode();
  raw = new Client(`127.0.0.1:${server.node.port}`, credentials.createInsecure());
});
beforeEach(() => {
  const decode = (bytes: Buffer): BatchResponse => messages.BatchAppendResp.deserializeBinary(bytes);
  batch = raw.makeBidiStreamRequest(`${STREAMS}/BatchAppend`, (bytes: Buffer) => bytes, decode);
  batch.on('error', () => {});
});
afterEach(() => batch.cancel());
afterAll(async () => {
  raw.close();
  await server.stop();
});

interface Asked {
  readonly stream: string;
  readonly revision?: number;
  readonly id?: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly data?: string;
  /** In milliseconds since 1970. */
  readonly deadline?: number;
}

const WELL_FORMED = { type: 'Happened', 'content-type': 'application/json' };
const SOON = 200;

function batchRequest({
  stream,
  revision,
  id = randomUUID(),
  fields = WELL_FORMED,
  data = '{}',
  deadline,
}: Asked) {
  const entries = Object.entries(fields).map(([key, value]) =>
    messageField(2, textField(1, key), textField(2, value)),
  );
  return Buffer.concat([
    messageField(1, textField(2, randomUUID())),
    messageField(
      2,
      messageField(1, textField(3, stream)),
      revision === undefined ? emptyField(4) : numberField(2, revision),
      deadline === undefined ? Buffer.alloc(0) : messageField(6, ...timestamp(deadline)),
    ),
    messageField(3, messageField(1, textField(2, id)), ...entries, textField(4, data)),
    numberField(4, 1),
  ]);
}

function timestamp(milliseconds: number): Buffer[] {
  return [numberField(1, Math.floor(milliseconds / 1000)), numberField(2, (milliseconds % 1000) * 1_000_000)];
}

async function answer(): Promise<BatchResponse> {
  const [response] = (await once(batch, 'data')) as [BatchResponse];
  return response;
}

function ask(asked: Asked): Promise<BatchResponse> {
  batch.write(batchRequest(asked));
  return answer();
}

function failureOf(response: BatchResponse): { code: number | undefined; type: string | undefined } {
  const error = response.getError();
  return {
    code: error?.getCode(),
    type: error?.getDetails()?.getTypeName().replace('event_store.client.', ''),
  };
}

test('a conflict is told with its details, and the expected position is not echoed', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event(), event()]);
  const response = await ask({ stream, revision: 7 });
  expect(failureOf(response)).toEqual({ code: 6, type: 'WrongExpectedVersion' });
  const details = response
    .getError()
    ?.getDetails()
    ?.unpack(
      (bytes) => sharedMessages.WrongExpectedVersion.deserializeBinary(bytes),
      'event_store.client.WrongExpectedVersion',
    );
  expect(details?.getCurrentStreamRevision()).toBe('1');
  expect(details?.getExpectedStreamPosition()).toBe('7');
  expect(response.hasStreamPosition()).toBe(false);
});

test('a deleted stream is told with code 5', async () => {
  const stream = freshStream();
  await server.client.tombstoneStream(stream);
  expect(failureOf(await ask({ stream }))).toEqual({ code: 5, type: 'StreamDeleted' });
});

test('too much data is told with code 3', async () => {
  const response = await ask({ stream: freshStream(), data: 'x'.repeat(1024 * 1024 + 1) });
  expect(failureOf(response)).toEqual({ code: 3, type: 'MaximumAppendSizeExceeded' });
});

test('an append whose deadline is over is not made, and told with code 4', async () => {
  const stream = freshStream();
  expect(failureOf(await ask({ stream, deadline: 1000 }))).toEqual({ code: 4, type: 'Timeout' });
  await expect(collect(server.client.readStream(stream))).rejects.toMatchObject({ type: 'stream-not-found' });
});

test.each<[string, Partial<Asked>]>([
  ['a missing type', { fields: { 'content-type': 'application/json' } }],
  ['a missing content type', { fields: { type: 'Happened' } }],
  ['an id that is none', { id: 'nonsense' }],
])('%s is refused with code 3, and once more with code 4 when its time is over', async (_what, asked) => {
  const deadline = Date.now() + SOON;
  expect(failureOf(await ask({ stream: freshStream(), ...asked, deadline }))).toEqual({
    code: 3,
    type: 'BadRequest',
  });
  expect(failureOf(await answer())).toEqual({ code: 4, type: 'Timeout' });
});

test.each([
  ['that is not the JSON it says it is', '{"half":', 'application/json'],
  ['of an odd content type', 'anything', 'image/png'],
])('a body %s is taken and given back', async (_what, data, contentType) => {
  const stream = freshStream();
  const response = await ask({ stream, data, fields: { type: 'Odd', 'content-type': contentType } });
  expect(response.hasSuccess()).toBe(true);
  const [resolved] = await collect(server.client.readStream(stream));
  const body: unknown = resolved?.event?.data;
  expect(body instanceof Uint8Array ? Buffer.from(body).toString() : body).toBe(data);
});

function readAll(filter: Buffer, ...more: Buffer[]) {
  const options = [messageField(2, emptyField(2)), numberField(5, 1000), messageField(7, filter), ...more];
  return raw.makeServerStreamRequest(
    `${STREAMS}/Read`,
    (bytes: Buffer) => bytes,
    (bytes: Buffer): ReadResponse => messages.ReadResp.deserializeBinary(bytes),
    messageField(1, ...options),
  );
}

test('a read of $all is filtered when the request asks for it', async () => {
  const stream = freshStream();
  await server.client.appendToStream(stream, [event('Wanted'), event('Other'), event('Wanted')]);
  const wanted: unknown[] = [];
  const read = readAll(messageField(2, textField(1, '^Wanted$')), messageField(9, emptyField(2)));
  for await (const response of read as AsyncIterable<ReadResponse>) {
    wanted.push(response.getEvent()?.getEvent()?.getMetadataMap().get('type'));
  }
  expect(wanted).toEqual(['Wanted', 'Wanted']);
});

test('a read of $all with a pattern that is none is refused', async () => {
  const read = readAll(messageField(2, textField(1, '(')));
  const [error] = (await once(read, 'error')) as [Error];
  expect(error).toMatchObject({ code: 2 });
});

test('ids are given as two integers unless text is asked for', async () => {
  const given = event('Structured');
  await server.client.appendToStream(freshStream(), given);
  const read = readAll(messageField(2, textField(1, '^Structured$')));
  const [response] = (await once(read, 'data')) as [ReadResponse];
  const structured = response.getEvent()?.getEvent()?.getId()?.getStructured();
  const bytes = Buffer.alloc(16);
  bytes.writeBigInt64BE(BigInt(structured?.getMostSignificantBits() ?? 0), 0);
  bytes.writeBigInt64BE(BigInt(structured?.getLeastSignificantBits() ?? 0), 8);
  expect(bytes.toString('hex')).toBe(given.id.replaceAll('-', ''));
});

test('bytes that are no message end the call, and the node goes on', async () => {
  const read = raw.makeServerStreamRequest(
    `${STREAMS}/Read`,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 1]),
  );
  const [error] = (await once(read, 'error')) as [Error];
  expect(error).toMatchObject({ code: 13 });
  await server.client.appendToStream(freshStream(), event());
});
