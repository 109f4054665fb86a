import { type EventStoreDBClient, type Position, streamNameFilter } from '@eventstore/db-client';
import {
  allSettings,
  settings,
  type StreamSettings,
  Subscriber,
} from '../../infra/embedded/eventstore/persistent/testing.js';

export type GroupKind = 'stream' | 'all';

/** Settings that groups of both kinds have; a group begins at the start unless told otherwise. */
export type GroupSettings = Omit<NonNullable<StreamSettings>, 'startFrom'> & {
  readonly startFrom?: 'start' | 'end';
};

type StreamInfo = Awaited<ReturnType<EventStoreDBClient['getPersistentSubscriptionToStreamInfo']>>;
type AllInfo = Awaited<ReturnType<EventStoreDBClient['getPersistentSubscriptionToAllInfo']>>;
export type GroupInfo = StreamInfo | AllInfo;

interface Progress {
  readonly lastCheckpointedEventRevision?: bigint;
  readonly lastCheckpointedEventPosition?: Position;
  readonly lastKnownEventRevision?: bigint;
  readonly lastKnownEventPosition?: Position;
}

/** Where the checkpoint of a group is: a revision on a stream, a commit position on `$all`. */
export function checkpointOf({ stats }: GroupInfo): bigint | undefined {
  const progress: Progress = stats;
  return progress.lastCheckpointedEventRevision ?? progress.lastCheckpointedEventPosition?.commit;
}

/** The last event that a group knows of, given as its checkpoint is. */
export function lastKnownOf({ stats }: GroupInfo): bigint | undefined {
  const progress: Progress = stats;
  return progress.lastKnownEventRevision ?? progress.lastKnownEventPosition?.commit;
}

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

/** How the group of a case tells the event at a revision of its stream. */
export async function placeOf(
  subject: { positions(): Promise<Position[]> },
  group: Group,
  revision: number,
): Promise<bigint> {
  if (group.source !== '$all') return BigInt(revision);
  return (await subject.positions())[revision]?.commit ?? -1n;
}
