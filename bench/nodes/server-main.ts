import { startEventStoreNode } from '../../infra/embedded/eventstore/node.js';
import { startMongoNode } from '../../infra/embedded/mongo/node.js';
import { answerMessages } from '../kit/child-program.js';
import { startNullEventStore } from './null-event-store.js';
import { startNullMongo } from './null-mongo.js';

export type ServerKind = 'eventStore' | 'nullEventStore' | 'mongo' | 'nullMongo';

/** The first message starts a server; every later one asks how much memory it takes. */
export interface ServerStart {
  readonly kind: ServerKind;
  readonly directory: string;
}

export interface ServerState {
  readonly url: string;
  /** Resident memory in MiB; the pages of a store that are mapped into it count. */
  readonly residentMiB: number;
}

let url: string | undefined;

answerMessages(async ({ kind, directory }: ServerStart): Promise<ServerState> => {
  url ??= (await start(kind, directory)).url;
  return { url, residentMiB: Math.round(process.memoryUsage().rss / 2 ** 20) };
});

function start(kind: ServerKind, directory: string): Promise<{ readonly url: string }> {
  switch (kind) {
    case 'eventStore':
      return startEventStoreNode({ directory });
    case 'mongo':
      return startMongoNode({ directory });
    case 'nullEventStore':
      return startNullEventStore();
    case 'nullMongo':
      return startNullMongo();
  }
}
