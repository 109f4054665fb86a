import { type ServerUnaryCall, type UntypedServiceImplementation, type sendUnaryData } from '@grpc/grpc-js';
import { type NO_CONTENT, decodeNothing, unary } from './service-methods.js';
import { messageField, textField } from './wire/fields.js';

/** The version this node behaves as. */
export const SERVER_VERSION = '23.10.8';

const PERSISTENT = 'event_store.client.persistent_subscriptions.persistentsubscriptions';

/** What clients ask for before they choose how to do something. */
const METHODS: readonly (readonly [service: string, method: string, ...features: string[]])[] = [
  ['event_store.client.streams.streams', 'read'],
  ['event_store.client.streams.streams', 'append'],
  ['event_store.client.streams.streams', 'delete'],
  ['event_store.client.streams.streams', 'tombstone'],
  ['event_store.client.streams.streams', 'batchappend'],
  ...['create', 'update', 'delete', 'read', 'getinfo', 'replayparked', 'list', 'restartsubsystem'].map(
    (method) => [PERSISTENT, method, 'stream', 'all'] as const,
  ),
  ['event_store.client.gossip.gossip', 'read'],
  ['event_store.client.server_features.serverfeatures', 'getsupportedmethods'],
];

export const serverFeaturesDefinition = {
  getSupportedMethods: unary(
    '/event_store.client.server_features.ServerFeatures/GetSupportedMethods',
    decodeNothing,
  ),
};

export function serverFeaturesService(): UntypedServiceImplementation {
  const response = Buffer.concat([
    ...METHODS.map(([service, method, ...features]) =>
      messageField(
        1,
        textField(1, method),
        textField(2, service),
        ...features.map((feature) => textField(3, feature)),
      ),
    ),
    textField(2, SERVER_VERSION),
  ]);
  return {
    getSupportedMethods: (
      _call: ServerUnaryCall<typeof NO_CONTENT, Buffer>,
      reply: sendUnaryData<Buffer>,
    ): void => reply(null, response),
  };
}
