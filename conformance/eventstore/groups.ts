import { END, type EventStoreDBClient, START, streamNameFilter } from '@eventstore/db-client';
import {
  allSettings,
  settings,
  type StreamSettings,
  Subscriber,
} from '../../infra/embedded/eventstore/persistent/testing.js';

export type GroupKind = 'stream' | 'all';

/** Settings that groups of both kinds have; a group begins at the start unless told otherwise. */
export type GroupSettings = Omit<NonNullable<StreamSettings>, 'startFrom'> & {
  readonly startFrom?: typeof START | typeof END;
};

type StreamInfo = Awaited<ReturnType<EventStoreDBClient['getPersistentSubscriptionToStreamInfo']>>;
type AllInfo = Awaited<ReturnType<EventStoreDBClient['getPersistentSubscriptionToAllInfo']>>;
export type GroupInfo = StreamInfo | AllInfo;

type Answer = ConstructorParameters<typeof Subscriber>[1];

/** A persistent subscription to a stream, or one to `$all` that gives the events of that stream. */
export interface Group {
  readonly name: string;
  /** What the server calls the source of the events. */
  readonly source: string;
  /** Where the group keeps its parked messages. */
  readonly parkedStream: string;
  create(changes?: GroupSettings): Promise<void>;
  update(changes?: GroupSettings): Promise<void>;
  delete(): Promise<void>;
  info(): Promise<GroupInfo>;
  list(): Promise<GroupInfo[]>;
  replay(stopAt?: number): Promise<void>;
  subscribe(answer?: Answer, bufferSize?: number): Subscriber;
}

export function streamGroup(client: EventStoreDBClient, name: string, stream: string): Group {
  return {
    name,
    source: stream,
    parkedStream: `$persistentsubscription-${stream}::${name}-parked`,
    create: (changes) => client.createPersistentSubscriptionToStream(stream, name, settings(changes)),
    update: (changes) => client.updatePersistentSubscriptionToStream(stream, name, settings(changes)),
    delete: () => client.deletePersistentSubscriptionToStream(stream, name),
    info: () => client.getPersistentSubscriptionToStreamInfo(stream, name),
    list: () => client.listPersistentSubscriptionsToStream(stream),
    replay: (stopAt) =>
      client.replayParkedMessagesToStream(stream, name, stopAt === undefined ? {} : { stopAt }),
    subscribe: (answer, bufferSize = 10) =>
      new Subscriber(client.subscribeToPersistentSubscriptionToStream(stream, name, { bufferSize }), answer),
  };
}

export function allGroup(client: EventStoreDBClient, name: string, stream: string): Group {
  return {
    name,
    source: '$all',
    parkedStream: `$persistentsubscription-$all::${name}-parked`,
    create: (changes) =>
      client.createPersistentSubscriptionToAll(name, allSettings(changes), {
        filter: streamNameFilter({ regex: `^${stream}$` }),
      }),
    update: (changes) => client.updatePersistentSubscriptionToAll(name, allSettings(changes)),
    delete: () => client.deletePersistentSubscriptionToAll(name),
    info: () => client.getPersistentSubscriptionToAllInfo(name),
    list: () => client.listPersistentSubscriptionsToAll(),
    replay: (stopAt) => client.replayParkedMessagesToAll(name, stopAt === undefined ? {} : { stopAt }),
    subscribe: (answer, bufferSize = 10) =>
      new Subscriber(client.subscribeToPersistentSubscriptionToAll(name, { bufferSize }), answer),
  };
}
