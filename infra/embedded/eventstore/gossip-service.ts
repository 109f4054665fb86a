import { randomUUID } from 'node:crypto';
import { type ServerUnaryCall, type UntypedServiceImplementation, type sendUnaryData } from '@grpc/grpc-js';
import { type NO_CONTENT, decodeNothing, unary } from './service-methods.js';
import { messageField, numberField, textField } from './wire/fields.js';

const LEADER = 8;
const ALIVE = 1;

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export const gossipDefinition = {
  read: unary('/event_store.client.gossip.Gossip/Read', decodeNothing),
};

/** A cluster of one: this node, alive and leading. */
export function gossipService(endpoint: () => Endpoint): UntypedServiceImplementation {
  const instance = randomUUID();
  return {
    read: (_call: ServerUnaryCall<typeof NO_CONTENT, Buffer>, reply: sendUnaryData<Buffer>): void => {
      const { host, port } = endpoint();
      const member = [
        messageField(1, textField(2, instance)),
        numberField(2, Date.now()),
        numberField(3, LEADER),
        numberField(4, ALIVE),
        messageField(5, textField(1, host), numberField(2, port)),
      ];
      reply(null, messageField(1, ...member));
    },
  };
}
