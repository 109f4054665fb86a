import type { Commands } from '../../infra/engine/commands/commands.js';
import { bindContext } from '../../infra/engine/commands/execution-context.js';
import { ComputationPool } from '../../infra/engine/jobs/computation-pool.js';
import { JobRunner } from '../../infra/engine/jobs/job-runner.js';
import { compiled } from '../config/compiled.js';
import type { Configuration } from '../config/configuration.js';
import { jobs, openJobsModel } from '../config/contexts.js';
import { objectsDirectoryOf, type Platform } from '../config/platform.js';
import { collectDaily } from './object-collection.js';

export function newComputationPool(configuration: Configuration): ComputationPool {
  return new ComputationPool({
    entry: compiled('apps/worker/computation-main.js'),
    objectsDirectory: objectsDirectoryOf(configuration),
  });
}

export interface Worker {
  stop(): Promise<void>;
}

/** Does the open jobs of every workspace in this process, and tidies up. */
export function startWorker(platform: Platform, pool: ComputationPool, commands: Commands): Worker {
  const { store, clock, ids, logger } = platform;
  const runner = new JobRunner({
    jobs,
    openJobs: openJobsModel,
    store,
    pool,
    send: (command, context) => commands.execute(bindContext(command, { context })),
    clock,
    ids,
    logger,
  });
  runner.start();
  const stopping = new AbortController();
  const collecting = collectDaily(platform, stopping.signal);
  return {
    stop: async () => {
      stopping.abort();
      await runner.stop();
      await collecting;
    },
  };
}
