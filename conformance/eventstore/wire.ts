import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import messages from '@eventstore/db-client/generated/streams_pb.js';
import { Client, type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import {
  emptyField,
  messageField,
  numberField,
  textField,
} from '../../infra/embedded/eventstore/wire/fields.js';

const STREAMS = '/event_store.client.streams.Streams';

type BatchResponse = InstanceType<typeof messages.BatchAppendResp>;
type ReadResponse = InstanceType<typeof messages.ReadResp>;

/** One event to be appended, down to what the official client never leaves away or gets wrong. */
export interface WireAppend {
  readonly stream: string;
  /** The expected revision; any without it. */
  readonly revision?: number;
  readonly id?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly data?: string;
  /** In milliseconds since 1970. */
  readonly deadline?: number;
}

const WELL_FORMED = { type: 'Happened', 'content-type': 'application/json' };

function batchRequest(append: WireAppend): Buffer {
  const { stream, revision, id = randomUUID(), metadata = WELL_FORMED, data = '{}', deadline } = append;
  const expected = revision === undefined ? emptyField(4) : numberField(2, revision);
  const options = [messageField(1, textField(3, stream)), expected];
  if (deadline !== undefined) options.push(messageField(6, ...timestamp(deadline)));
  const entries = Object.entries(metadata).map(([key, value]) =>
    messageField(2, textField(1, key), textField(2, value)),
  );
  return Buffer.concat([
    messageField(1, textField(2, randomUUID())),
    messageField(2, ...options),
    messageField(3, messageField(1, textField(2, id)), ...entries, textField(4, data)),
    numberField(4, 1),
  ]);
}

function timestamp(milliseconds: number): Buffer[] {
  return [numberField(1, Math.floor(milliseconds / 1000)), numberField(2, (milliseconds % 1000) * 1_000_000)];
}

function clientOf(url: string): Client {
  return new Client(new URL(url).host, credentials.createInsecure());
}

const asItIs = (bytes: Buffer): Buffer => bytes;

/** A batch append, answer by answer. */
export class WireBatch {
  private readonly client: Client;
  private readonly call: ClientDuplexStream<Buffer, BatchResponse>;

  constructor(url: string) {
    this.client = clientOf(url);
    const decode = (bytes: Buffer): BatchResponse => messages.BatchAppendResp.deserializeBinary(bytes);
    this.call = this.client.makeBidiStreamRequest(`${STREAMS}/BatchAppend`, asItIs, decode);
    // Its end is told by the answers that are missing then.
    this.call.on('error', () => {});
  }

  ask(append: WireAppend): Promise<BatchResponse> {
    this.call.write(batchRequest(append));
    return this.next();
  }

  async next(): Promise<BatchResponse> {
    const [response] = (await once(this.call, 'data')) as [BatchResponse];
    return response;
  }

  close(): void {
    this.call.cancel();
    this.client.close();
  }
}

/** The google.rpc code of an answer, and the type of its details. */
export function failureOf(response: BatchResponse): {
  code: number | undefined;
  details: string | undefined;
} {
  const error = response.getError();
  return {
    code: error?.getCode(),
    details: error?.getDetails()?.getTypeName().replace('event_store.client.', ''),
  };
}

/** The types of the events of `$all` that a filter by a pattern of types lets through, from the start. */
export async function readAllOfType(url: string, pattern: string, count: number): Promise<unknown[]> {
  const client = clientOf(url);
  const fromStart = messageField(2, emptyField(2));
  const byType = messageField(7, messageField(2, textField(1, pattern)), emptyField(4), numberField(5, 1));
  const asText = messageField(9, emptyField(2));
  const call = client.makeServerStreamRequest(
    `${STREAMS}/Read`,
    asItIs,
    (bytes: Buffer): ReadResponse => messages.ReadResp.deserializeBinary(bytes),
    messageField(1, fromStart, numberField(5, count), byType, asText),
  );
  const types: unknown[] = [];
  try {
    for await (const response of call as AsyncIterable<ReadResponse>) {
      const recorded = response.getEvent()?.getEvent();
      if (recorded) types.push(recorded.getMetadataMap().get('type'));
    }
  } finally {
    client.close();
  }
  return types;
}
