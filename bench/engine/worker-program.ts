import { Aggregates } from '../../infra/engine/commands/aggregates.js';
import { CommandExecution } from '../../infra/engine/commands/command-execution.js';
import { Leases } from '../../infra/engine/leases/leases.js';
import { Projector } from '../../infra/engine/projections/projector.js';
import { ServedReadModels } from '../../infra/engine/projections/serving-builds.js';
import { SagaRunner } from '../../infra/engine/sagas/saga-runner.js';
import { reminder, reminding } from '../../infra/engine/sagas/testing/reminders.js';
import { EventStoreDbEventLog } from '../../infra/eventstore/eventstoredb-event-log.js';
import { MongoLeaseStore } from '../../infra/mongo/mongo-lease-store.js';
import { MongoReadModelStore } from '../../infra/mongo/mongo-read-model-store.js';
import { isDeadHolder, thisHolder } from '../../infra/system/lease-holder.js';
import { randomIds } from '../../infra/system/random-ids.js';
import { systemClock } from '../../infra/system/system-clock.js';
import { sagaList } from '../../projections/engine/sagas.js';
import { answerMessages } from '../kit/child-program.js';
import { codec, quiet, sagasOfBench, type Urls } from './stores.js';

const database = 'timers';

/** The projector of the work list and the worker of the sagas, wired as in `apps`. */
answerMessages(async ({ urls }: { urls: Urls }) => {
  const log = new EventStoreDbEventLog(urls.eventStoreUrl);
  const store = new MongoReadModelStore(urls.mongoUrl, database);
  const leaseStore = new MongoLeaseStore(urls.mongoUrl, database);
  const leases = new Leases({ store: leaseStore, holder: thisHolder(), isDead: isDeadHolder });
  const aggregates = new Aggregates(log, codec);
  const execution = new CommandExecution({
    log,
    codec,
    origin: urls.origin,
    ids: randomIds,
    aggregates,
    pauseMs: 500,
  });
  const projector = new Projector({ log, codec, store, projections: [sagaList], logger: quiet, leases });
  await projector.start();
  new SagaRunner({
    ports: {
      sagas: [reminding],
      log,
      codec,
      store,
      readModels: new ServedReadModels(store),
      workList: sagaList,
      send: (command, context) => {
        const rules = [reminder, sagasOfBench].find(({ commands }) =>
          Object.hasOwn(commands, command.constructor.name),
        );
        if (!rules) throw new RangeError(`nobody takes ${command.constructor.name}`);
        return execution.execute(rules, command, { context }, []);
      },
      stateOf: (workspace, id) => execution.stateOf(sagasOfBench, workspace, id),
      clock: systemClock,
      ids: randomIds,
      logger: quiet,
    },
    leases,
  }).start();
  return {};
});
