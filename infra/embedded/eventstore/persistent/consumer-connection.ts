import { type ServerDuplexStream } from '@grpc/grpc-js';
import { type Refusal, unknown } from '../refusals.js';
import { type ConsumerRequest, type NackWish } from '../wire/consumer-request.js';
import { encodeMessage } from '../wire/persistent-response.js';
import { encodeConfirmation } from '../wire/read-response.js';
import { type Consumer, type ConsumerCall } from './consumer.js';
import { keyOf } from './definition.js';
import { type Group, type NackAction } from './group.js';
import { type Groups } from './groups.js';
import { type Message } from './message.js';

/** What the server does: it takes "unknown" for a retry, and "stop" finishes the message and stops nothing. */
const ACTIONS: Readonly<Record<NackWish, NackAction>> = {
  unknown: 'retry',
  park: 'park',
  retry: 'retry',
  skip: 'skip',
  stop: 'skip',
};

/** One connected consumer as the transport sees it. */
export class ConsumerConnection implements ConsumerCall {
  readonly connectionName: string;
  readonly bufferSize: number;
  private readonly structuredIds: boolean;
  private readonly group: Group;
  private readonly consumer: Consumer;
  private isGone = false;

  /** @throws Refusal when the group does not exist or takes nobody more */
  constructor(
    groups: Groups,
    private readonly call: ServerDuplexStream<ConsumerRequest, Buffer>,
    request: Extract<ConsumerRequest, { kind: 'connect' }>,
  ) {
    const [name] = call.metadata.get('connection-name');
    this.connectionName = name === undefined ? '<unknown>' : name.toString();
    this.bufferSize = request.bufferSize;
    this.structuredIds = request.structuredIds;
    this.group = groups.get(request.name);
    this.consumer = this.group.connect(this);
    call.write(encodeConfirmation(keyOf(request.name)));
  }

  hear(request: ConsumerRequest): void {
    if (request.kind === 'ack') this.group.acknowledge(request.ids);
    else if (request.kind === 'nack') {
      this.group.refuse(request.ids, ACTIONS[request.wish], request.reason);
    } else throw unknown('A consumer that is connected can only answer for its messages.');
  }

  leave(): void {
    this.isGone = true;
    this.group.disconnect(this.consumer);
  }

  /** A consumer takes no more than its buffer size, so what waits here for a slow one is bounded. */
  send(message: Message): void {
    if (!this.isGone) this.call.write(encodeMessage(message, this.structuredIds));
  }

  drop(reason: Refusal): void {
    if (!this.isGone) this.call.emit('error', reason);
  }
}
