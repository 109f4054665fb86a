import { randomUUID } from 'node:crypto';
import { Server, ServerCredentials, type ServerDuplexStream, type ServerWritableStream } from '@grpc/grpc-js';
import {
  serverFeaturesDefinition,
  serverFeaturesService,
} from '../../infra/embedded/eventstore/server-features-service.js';
import { Outlet } from '../../infra/embedded/eventstore/outlet.js';
import { encodeEvent, LogRecord } from '../../infra/embedded/eventstore/store/record.js';
import { streamsDefinition } from '../../infra/embedded/eventstore/streams-service.js';
import type { BatchAppendRequest } from '../../infra/embedded/eventstore/wire/append-request.js';
import { encodeBatchSuccess } from '../../infra/embedded/eventstore/wire/append-response.js';
import type { ReadRequest } from '../../infra/embedded/eventstore/wire/read-request.js';
import { benchEventData } from './bench-event.js';

/**
 * The floor under the EventStoreDB node: the same transport and the same decoding, but every append is answered at
 * once, nothing is stored, and every read gets one event again and again.
 */
export async function startNullEventStore(): Promise<{ readonly url: string }> {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  server.addService(serverFeaturesDefinition, serverFeaturesService());
  server.addService(streamsDefinition, {
    batchAppend: answerAppends,
    read: (call: ServerWritableStream<ReadRequest, Buffer>): void => void answerRead(call),
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  return { url: `esdb://127.0.0.1:${port}?tls=false` };
}

let revision = 0;

function answerAppends(call: ServerDuplexStream<BatchAppendRequest, Buffer>): void {
  const streams = new Map<string, string>();
  call.on('data', (request: BatchAppendRequest) => {
    const key = request.correlation.toString('latin1');
    if (request.options) streams.set(key, request.options.stream);
    if (!request.isFinal) return;
    const stream = streams.get(key) ?? '';
    streams.delete(key);
    const position = ++revision * 64;
    call.write(encodeBatchSuccess(request.correlation, stream, { kind: 'appended', revision, position }));
  });
  call.on('end', () => call.end());
  call.on('error', () => undefined);
}

async function answerRead(call: ServerWritableStream<ReadRequest, Buffer>): Promise<void> {
  const outlet = new Outlet(call);
  const { extent } = call.request;
  const count = extent.kind === 'count' ? extent.count : 0;
  for (let sent = 0; sent < count && !outlet.isGone; sent++) if (!outlet.send(RESPONSE)) await outlet.ready();
  call.end();
}

const RESPONSE = new LogRecord(
  encodeEvent(
    {
      ...{ id: randomUUID(), type: 'Measured', isJson: true, metadata: Buffer.alloc(0) },
      data: Buffer.from(JSON.stringify(benchEventData(0))),
    },
    {
      stream: 'bench-null',
      streamNumber: 1,
      revision: 1,
      position: 64_000_000,
      createdAt: 1_700_000_000_000,
    },
  ),
).response;
