import { Projector } from '../../infra/engine/projections/projector.js';
import { projections } from '../config/contexts.js';
import type { Platform } from '../config/platform.js';

/** Keeps every read model up to date in this process. */
export async function startProjector({
  log,
  codec,
  store,
  logger,
  configuration,
}: Platform): Promise<Projector> {
  const projector = new Projector({ log, codec, store, projections, logger, lanes: configuration.lanes });
  await projector.start();
  return projector;
}
