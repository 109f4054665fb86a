import { Projector } from '../../infra/engine/projections/projector.js';
import { projections } from '../config/contexts.js';
import type { Platform } from '../config/platform.js';

/** Keeps read models up to date: this process's share of them. */
export async function startProjector({
  log,
  codec,
  store,
  logger,
  leases,
  configuration,
}: Platform): Promise<Projector> {
  const { lanes } = configuration;
  const projector = new Projector({ log, codec, store, projections, logger, leases, lanes });
  await projector.start();
  return projector;
}
