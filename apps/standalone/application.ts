import { CreateWorkspace } from '../../domain/tenancy/commands.js';
import { systemContext } from '../../domain/kernel/event.js';
import { systemWorkspace } from '../../domain/kernel/names.js';
import { bindContext } from '../../infra/engine/commands/execution-context.js';
import type { Commands } from '../../infra/engine/commands/commands.js';
import { Metrics } from '../../infra/telemetry/metrics.js';
import { startApi } from '../api/http/server.js';
import type { Configuration } from '../config/configuration.js';
import { openPlatform, type Platform, type StoreUrls } from '../config/platform.js';
import { startProjector } from '../projector/projector.js';
import { newComputationPool, startWorker } from '../worker/worker.js';

export interface Application {
  readonly url: string;
  stop(): Promise<void>;
}

/** api + projector + worker in one process. */
export async function startApplication(configuration: Configuration, urls: StoreUrls): Promise<Application> {
  const platform = await openPlatform(configuration, urls, 'application');
  const metrics = new Metrics();
  const projector = await startProjector(platform);
  metrics.watch(projector);
  // Uploads have places of their own: no run, however long, keeps a file waiting.
  const uploads = newComputationPool(configuration);
  const api = await startApi({ platform, pool: uploads, projector, metrics });
  await createSystemWorkspace(platform, api.commands);
  const worker = startWorker(platform, newComputationPool(configuration), api.commands);
  platform.logger.info({ url: api.url }, 'ready');
  return {
    url: api.url,
    stop: async () => {
      await api.close();
      uploads.stop();
      await worker.stop();
      await projector.stop();
      await platform.close();
    },
  };
}

/** Says nothing twice, so it is safe at every start. */
async function createSystemWorkspace({ clock, ids }: Platform, commands: Commands): Promise<void> {
  const context = systemContext(ids.next(), clock.now());
  const command = Object.assign(new CreateWorkspace(), { id: systemWorkspace, name: 'System' });
  await commands.execute(bindContext(command, { context }));
}
