import { CreateWorkspace } from '../../domain/tenancy/commands.js';
import { systemContext } from '../../domain/kernel/event.js';
import { systemWorkspace } from '../../domain/kernel/names.js';
import { bindContext } from '../../infra/engine/commands/execution-context.js';
import type { Commands } from '../../infra/engine/commands/commands.js';
import type { Projector } from '../../infra/engine/projections/projector.js';
import type { SagaRunner } from '../../infra/engine/sagas/saga-runner.js';
import { Metrics } from '../../infra/telemetry/metrics.js';
import { startApi, type Api } from '../api/http/server.js';
import { Health } from '../api/platform/health.js';
import { startObservationServer } from '../api/platform/observation-server.js';
import { startCommands } from '../config/command.module.js';
import { processRoles, type Configuration } from '../config/configuration.js';
import { openPlatform, type Platform, type StoreUrls } from '../config/platform.js';
import { newProjector } from '../projector/projector.js';
import { startSealing } from '../worker/sealing.js';
import { newComputationPool, startWorker } from '../worker/worker.js';

export interface RunningParts {
  /** Where the API listens; undefined without one. */
  readonly url: string | undefined;
  /** Where a process without an API tells its health and metrics; undefined unless the settings ask for it. */
  readonly observedAt?: string;
  stop(): Promise<void>;
}

/**
 * Starts in this process what the settings name as its roles. They meet in the stores alone, so each may run in as
 * many processes as there is work for.
 */
export async function startParts(configuration: Configuration, urls: StoreUrls): Promise<RunningParts> {
  const { roles } = configuration;
  // What was started last ends first: nobody's ground is taken away.
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    const platform = await openPlatform(
      configuration,
      urls,
      roles.length === processRoles.length ? 'application' : roles.join('+'),
    );
    stops.push(() => platform.close());
    const metrics = new Metrics();
    const projector = roles.includes('projector') ? newProjector(platform, metrics) : undefined;
    const projecting = projector ? projector.start() : Promise.resolve();
    stops.push(async () => {
      // Whoever begins something after it was stopped would not end it.
      await Promise.allSettled([projecting]);
      await projector?.stop();
    });
    // It is told below, wherever it is waited for.
    projecting.catch(() => undefined);
    const api = roles.includes('api')
      ? await startApiPart(platform, metrics, projector, projecting)
      : undefined;
    await projecting;
    const sender = api ?? (await startCommands(platform));
    stops.push(() => sender.close());
    await createSystemWorkspace(platform, sender.commands);
    if (roles.includes('worker')) {
      const worker = startWorker(platform, newComputationPool(platform), sender.commands);
      stops.push(() => worker.stop());
      metrics.engine.watchSagas(worker.sagas);
      const sealing = startSealing(platform);
      stops.push(() => sealing.stop());
      metrics.audit.watch(sealing.loop, platform.clock);
      platform.troubles.watch(() => troublesOf(worker.sagas));
    }
    if (api || configuration.metricsPort === undefined) {
      platform.logger.info({ url: api?.url, roles }, 'ready');
      return { url: api?.url, stop };
    }
    const health = new Health({ platform, ...(projector && { projector }) });
    const observed = await startObservationServer(configuration.metricsPort, { health, metrics });
    stops.push(() => observed.close());
    platform.logger.info({ observedAt: observed.url, roles }, 'ready');
    return { url: undefined, observedAt: observed.url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function troublesOf({ status }: SagaRunner): readonly string[] {
  return status.flatMap(({ shard, fault }) =>
    fault === undefined ? [] : [`the sagas, shard ${shard}, are stuck: ${fault}`],
  );
}

async function startApiPart(
  platform: Platform,
  metrics: Metrics,
  projector: Projector | undefined,
  ground: Promise<void>,
): Promise<Api> {
  // Uploads have places of their own: no run, however long, keeps a file waiting.
  const pool = newComputationPool(platform);
  const api = await startApi({ platform, pool, metrics, ...(projector && { projector }) }, ground);
  return {
    ...api,
    close: async () => {
      await api.close();
      pool.stop();
    },
  };
}

/** Says nothing twice, so it is safe at every start. */
async function createSystemWorkspace({ clock, ids }: Platform, commands: Commands): Promise<void> {
  const context = systemContext(ids.next(), await clock.now());
  const command = Object.assign(new CreateWorkspace(), { id: systemWorkspace, name: 'System' });
  await commands.execute(bindContext(command, { context }));
}
