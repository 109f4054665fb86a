import type { ComputationPool } from '../../../infra/engine/jobs/computation-pool.js';
import type { Projector } from '../../../infra/engine/projections/projector.js';
import type { Metrics } from '../../../infra/telemetry/metrics.js';
import type { Platform } from '../../config/platform.js';

/** What the API is made from. */
export interface ApiParts {
  readonly platform: Platform;
  readonly pool: ComputationPool;
  /** Present where read models are kept up to date in this process. */
  readonly projector?: Projector;
  readonly metrics: Metrics;
}
