import type { CommandContext } from '../../domain/kernel/event.js';
import type { Commands } from '../../infra/engine/commands/commands.js';
import { bindContext } from '../../infra/engine/commands/execution-context.js';
import { ComputationPool } from '../../infra/engine/jobs/computation-pool.js';
import { JobRunner } from '../../infra/engine/jobs/job-runner.js';
import { ServedReadModels } from '../../infra/engine/projections/serving-builds.js';
import { SagaRunner } from '../../infra/engine/sagas/saga-runner.js';
import { sagaList } from '../../projections/engine/sagas.js';
import { bundled } from '../config/compiled.js';
import { jobs, openJobsModel, sagas, sagasOfAll } from '../config/contexts.js';
import { auditDirectoryOf, objectsDirectoryOf } from '../config/data-directories.js';
import type { Platform } from '../config/platform.js';
import { collectDaily } from './object-collection.js';

export function newComputationPool({
  configuration,
  urls,
}: Pick<Platform, 'configuration' | 'urls'>): ComputationPool {
  return new ComputationPool({
    entry: bundled('apps/worker/computation-main.js'),
    objectsDirectory: objectsDirectoryOf(configuration),
    sources: { eventStoreUrl: urls.eventStoreUrl, auditDirectory: auditDirectoryOf(configuration) },
  });
}

export interface Worker {
  readonly sagas: SagaRunner;
  stop(): Promise<void>;
}

/** Runs the sagas and does the open jobs of every workspace, this process's share of them, and tidies up. */
export function startWorker(platform: Platform, pool: ComputationPool, commands: Commands): Worker {
  const { log, codec, store, execution, leases, clock, ids, logger } = platform;
  const readModels = new ServedReadModels(store);
  const send = (command: object, context: CommandContext) =>
    commands.execute(bindContext(command, { context }));
  const jobRunner = new JobRunner({
    jobs,
    openJobs: openJobsModel,
    store: readModels,
    pool,
    atOnce: pool.places,
    send,
    leases,
    clock,
    ids,
    logger,
  });
  const sagaRunner = new SagaRunner({
    ports: {
      sagas,
      log,
      codec,
      store,
      readModels,
      workList: sagaList,
      send,
      stateOf: (workspace, id) => execution.stateOf(sagasOfAll, workspace, id),
      clock,
      ids,
      logger,
    },
    leases,
  });
  jobRunner.start();
  sagaRunner.start();
  const stopping = new AbortController();
  const collecting = collectDaily(platform, stopping.signal);
  return {
    sagas: sagaRunner,
    stop: async () => {
      stopping.abort();
      await sagaRunner.stop();
      await jobRunner.stop();
      await collecting;
    },
  };
}
