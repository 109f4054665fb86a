import {
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { type AppendCommand, append } from './append.js';
import { BatchAppendCall } from './batch-append-call.js';
import { type DeleteCommand, type DeleteOutcome, deleteStream, tombstoneStream } from './delete.js';
import { presentation } from './links.js';
import { Outlet } from './outlet.js';
import { readAll, requirePosition } from './read-all.js';
import { readStream } from './read-stream.js';
import { appendTooLarge, asRefusal, badRequest, streamDeleted, wrongExpectedVersion } from './refusals.js';
import { bidirectional, clientStreaming, serverStreaming, unary } from './service-methods.js';
import { type Transaction } from './store/transaction.js';
import { type Writer } from './store/writer.js';
import { type SubscriptionSource, serveSubscription } from './subscription.js';
import { AllSource, type Origin, StreamSource } from './subscription-sources.js';
import { encodeAppendConflict, encodeAppendSuccess, encodeDeleted } from './wire/append-response.js';
import {
  type AppendOptions,
  type AppendRequest,
  type ProposedMessage,
  decodeAppendRequest,
  decodeBatchAppendRequest,
} from './wire/append-request.js';
import { decodeDeleteRequest } from './wire/delete-request.js';
import { type ReadRequest, decodeReadRequest } from './wire/read-request.js';

const PATH = '/event_store.client.streams.Streams';

export const streamsDefinition = {
  read: serverStreaming(`${PATH}/Read`, decodeReadRequest),
  append: clientStreaming(`${PATH}/Append`, decodeAppendRequest),
  delete: unary(`${PATH}/Delete`, decodeDeleteRequest),
  tombstone: unary(`${PATH}/Tombstone`, decodeDeleteRequest),
  batchAppend: bidirectional(`${PATH}/BatchAppend`, decodeBatchAppendRequest),
};

export interface StreamsOptions {
  readonly origin: Origin;
  readonly writer: Writer;
  readonly maxAppendSize: number;
}

/** The calls of event_store.client.streams.Streams. */
export function streamsService(options: StreamsOptions): UntypedServiceImplementation {
  const { origin, writer, maxAppendSize } = options;
  return {
    read: (call: ServerWritableStream<ReadRequest, Buffer>): void => void serveRead(origin, call),
    append: (call: ServerReadableStream<AppendRequest, Buffer>, reply: sendUnaryData<Buffer>): void =>
      collectAppend(call, maxAppendSize, reply, (command) => appendUnary(writer, command)),
    delete: (call: ServerUnaryCall<DeleteCommand, Buffer>, reply: sendUnaryData<Buffer>): void =>
      answer(reply, remove(writer, call.request, deleteStream)),
    tombstone: (call: ServerUnaryCall<DeleteCommand, Buffer>, reply: sendUnaryData<Buffer>): void =>
      answer(reply, remove(writer, call.request, tombstoneStream)),
    batchAppend: (call: ConstructorParameters<typeof BatchAppendCall>[0]): void => {
      new BatchAppendCall(call, writer, maxAppendSize);
    },
  };
}

async function serveRead(origin: Origin, call: ServerWritableStream<ReadRequest, Buffer>): Promise<void> {
  const outlet = new Outlet(call);
  const { request } = call;
  const { source, extent } = request;
  try {
    if (extent.kind === 'subscription') {
      const present = presentation(origin.store, request.resolveLinks, request.structuredIds);
      await serveSubscription(outlet, subscriptionSource(origin, request), present);
    } else if (source.kind === 'stream') {
      await readStream(origin.store, outlet, request, { ...source, count: extent.count });
    } else {
      await readAll(origin.store, outlet, request, { ...source, count: extent.count, end: origin.end() });
    }
    call.end();
  } catch (error) {
    if (!outlet.isGone) call.emit('error', asRefusal(error));
  }
}

function subscriptionSource(origin: Origin, { source, filter }: ReadRequest): SubscriptionSource {
  const last = origin.end() - 1;
  if (source.kind === 'all') {
    if (source.from === 'start') return new AllSource(origin, -1, filter);
    if (source.from === 'end') return new AllSource(origin, last, filter);
    return new AllSource(origin, requirePosition(origin.store, source.from, origin.end()), filter);
  }
  const { stream, from } = source;
  if (from === 'start') return new StreamSource(origin, stream, -1);
  if (from === 'end') return new StreamSource(origin, stream, origin.store.head(stream)?.last ?? -1);
  return new StreamSource(origin, stream, Number(from.at));
}

/** Gathers a unary append, which arrives as options and then one message for each event. */
function collectAppend(
  call: ServerReadableStream<AppendRequest, Buffer>,
  maxAppendSize: number,
  reply: sendUnaryData<Buffer>,
  finish: (command: AppendCommand) => Promise<Buffer>,
): void {
  let options: AppendOptions | undefined;
  const messages: ProposedMessage[] = [];
  let size = 0;
  call.on('data', (request: AppendRequest) => {
    options ??= request.options;
    if (!request.message) return;
    size += request.message.event.data.length;
    // What is over the limit is counted, not kept.
    if (size <= maxAppendSize) messages.push(request.message);
  });
  call.on('error', () => {});
  call.on('end', () => {
    const flaw = messages.find((message) => message.flaw !== undefined)?.flaw;
    if (size > maxAppendSize) reply(appendTooLarge(maxAppendSize));
    else if (!options || options.stream === '') reply(badRequest('no stream name'));
    else if (flaw !== undefined) reply(badRequest(flaw));
    else answer(reply, finish({ ...options, events: messages.map((message) => message.event) }));
  });
}

async function appendUnary(writer: Writer, command: AppendCommand): Promise<Buffer> {
  const outcome = await writer.submit((transaction) => append(transaction, command));
  switch (outcome.kind) {
    case 'appended':
      return encodeAppendSuccess(outcome);
    case 'wrong expected revision':
      return encodeAppendConflict(command.expected, outcome.current);
    case 'deleted':
      throw streamDeleted(command.stream);
  }
}

async function remove(
  writer: Writer,
  command: DeleteCommand,
  decide: (transaction: Transaction, command: DeleteCommand) => DeleteOutcome,
): Promise<Buffer> {
  const outcome = await writer.submit((transaction) => decide(transaction, command));
  switch (outcome.kind) {
    case 'done':
      return encodeDeleted(outcome.position);
    case 'wrong expected revision':
      throw wrongExpectedVersion(command.stream, command.expected, outcome.current);
    case 'deleted':
      throw streamDeleted(command.stream);
  }
}

function answer(reply: sendUnaryData<Buffer>, result: Promise<Buffer>): void {
  result.then(
    (response) => reply(null, response),
    (error: unknown) => reply(asRefusal(error)),
  );
}
