import type { Commands } from '../../infra/engine/commands/commands.js';
import { inContext } from '../../infra/engine/commands/execution-context.js';
import { ComputationPool } from '../../infra/engine/jobs/computation-pool.js';
import { JobRunner } from '../../infra/engine/jobs/job-runner.js';
import { compiled } from '../config/compiled.js';
import type { Configuration } from '../config/configuration.js';
import { jobs, openJobsModel } from '../config/contexts.js';
import { objectsDirectoryOf, type Platform } from '../config/platform.js';

export function newComputationPool(configuration: Configuration): ComputationPool {
  return new ComputationPool({
    entry: compiled('apps/worker/computation-main.js'),
    objectsDirectory: objectsDirectoryOf(configuration),
  });
}

/** Does the open jobs of every workspace in this process. */
export function startWorker(platform: Platform, pool: ComputationPool, commands: Commands): JobRunner {
  const { store, clock, ids, logger } = platform;
  const runner = new JobRunner({
    jobs,
    openJobs: openJobsModel,
    store,
    pool,
    send: (command, context) => inContext({ context }, () => commands.execute(command)),
    clock,
    ids,
    logger,
  });
  runner.start();
  return runner;
}
