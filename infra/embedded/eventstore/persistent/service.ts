import {
  type ServerDuplexStream,
  type ServerUnaryCall,
  type UntypedServiceImplementation,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { asRefusal, unknown } from '../refusals.js';
import { type NO_CONTENT, bidirectional, decodeNothing, unary } from '../service-methods.js';
import { type ConsumerRequest, decodeConsumerRequest } from '../wire/consumer-request.js';
import { decodeGroupDefinition } from '../wire/group-definition-request.js';
import {
  type ReplayParkedRequest,
  decodeDeleteGroup,
  decodeGetGroupInfo,
  decodeListGroups,
  decodeReplayParked,
} from '../wire/group-name-request.js';
import { DONE, encodeGetInfo, encodeList } from '../wire/persistent-response.js';
import { ConsumerConnection } from './consumer-connection.js';
import { type GroupDefinition, type GroupName } from './definition.js';
import { infoOf } from './group-info.js';
import { type Groups } from './groups.js';
import { groupDoesNotExist, groupFailed } from './refusals.js';

const PATH = '/event_store.client.persistent_subscriptions.PersistentSubscriptions';

export const persistentSubscriptionsDefinition = {
  create: unary(`${PATH}/Create`, decodeGroupDefinition),
  update: unary(`${PATH}/Update`, decodeGroupDefinition),
  delete: unary(`${PATH}/Delete`, decodeDeleteGroup),
  read: bidirectional(`${PATH}/Read`, decodeConsumerRequest),
  getInfo: unary(`${PATH}/GetInfo`, decodeGetGroupInfo),
  replayParked: unary(`${PATH}/ReplayParked`, decodeReplayParked),
  list: unary(`${PATH}/List`, decodeListGroups),
  restartSubsystem: unary(`${PATH}/RestartSubsystem`, decodeNothing),
};

/** The calls of event_store.client.persistent_subscriptions.PersistentSubscriptions. */
export function persistentSubscriptionsService(groups: Groups): UntypedServiceImplementation {
  return {
    create: answering<GroupDefinition>(async (definition) => {
      await groups.create(definition);
      return DONE;
    }),
    update: answering<GroupDefinition>(async (definition) => {
      await groups.update(definition);
      return DONE;
    }),
    delete: answering<GroupName>(async (name) => {
      await groups.delete(name);
      return DONE;
    }),
    getInfo: answering<GroupName>((name) => encodeGetInfo(infoOf(groups.get(name)))),
    replayParked: answering<ReplayParkedRequest>(({ name, stopAt }) => {
      if (stopAt !== undefined && stopAt < 0n) {
        throw groupFailed(name, 'Cannot stop replaying parked message at a negative version.');
      }
      groups.get(name).replayParked(stopAt);
      return DONE;
    }),
    list: answering<{ readonly stream: string | undefined }>(({ stream }) => {
      const listed = groups.all.filter(
        ({ definition }) => stream === undefined || definition.stream === stream,
      );
      if (stream !== undefined && listed.length === 0) throw groupDoesNotExist({ stream, group: '' });
      return encodeList(listed.map(infoOf));
    }),
    restartSubsystem: answering<typeof NO_CONTENT>(async () => {
      await groups.restart();
      return DONE;
    }),
    read: (call: ServerDuplexStream<ConsumerRequest, Buffer>): void => serveConsumer(groups, call),
  };
}

function answering<Request>(
  answer: (request: Request) => Buffer | Promise<Buffer>,
): (call: ServerUnaryCall<Request, Buffer>, reply: sendUnaryData<Buffer>) => void {
  return (call, reply) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => reply(null, response),
        (error: unknown) => reply(asRefusal(error)),
      );
  };
}

function serveConsumer(groups: Groups, call: ServerDuplexStream<ConsumerRequest, Buffer>): void {
  let connection: ConsumerConnection | undefined;
  call.on('data', (request: ConsumerRequest) => {
    try {
      if (connection) connection.hear(request);
      else if (request.kind === 'connect') connection = new ConsumerConnection(groups, call, request);
      else throw unknown('The first message must say which persistent subscription is wanted.');
    } catch (error) {
      call.emit('error', asRefusal(error));
    }
  });
  call.on('end', () => {
    connection?.leave();
    call.end();
  });
  call.on('cancelled', () => connection?.leave());
  call.on('error', () => connection?.leave());
}
