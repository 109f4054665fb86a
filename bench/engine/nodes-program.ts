import { join } from 'node:path';
import { startEventStoreNode } from '../../infra/embedded/eventstore/node.js';
import { startMongoNode } from '../../infra/embedded/mongo/node.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { obtainOrigin } from '../../infra/eventstore/origin.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import { answerMessages } from '../kit/child-program.js';
import type { Urls } from './stores.js';

/** Both embedded nodes in one process, as `npm start` runs them. */
answerMessages(async ({ directory }: { directory: string }): Promise<Urls> => {
  const eventStore = await startEventStoreNode({ directory: join(directory, 'eventstore') });
  const mongo = await startMongoNode({ directory: join(directory, 'mongo') });
  const log = new EventStoreDbEventLog(eventStore.url);
  const origin = await obtainOrigin(log, systemClock, randomIds);
  await log.close();
  return { eventStoreUrl: eventStore.url, mongoUrl: mongo.url, origin };
});
