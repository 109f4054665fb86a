import { Projector } from '../../infra/engine/projections/projector.js';
import { ServedReadModels } from '../../infra/engine/projections/serving-builds.js';
import { keepHeapModest } from '../../infra/system/modest-heap.js';
import { projections } from '../config/contexts.js';
import type { AppliedBatch, ObserveBatch } from '../../infra/engine/projections/applied-batch.js';
import type { Metrics } from '../../infra/telemetry/metrics.js';
import type { Traces } from '../../infra/telemetry/traces.js';
import type { Platform } from '../config/platform.js';
import { ReconciliationMetrics } from './reconciliation-metrics.js';

/** Keeps read models up to date, once it is started: this process's share of them. */
export function newProjector(platform: Platform, metrics: Metrics): Projector {
  const { log, codec, store, logger, leases, configuration, traces } = platform;
  const { lanes } = configuration;
  keepHeapModest();
  const reconciliation = new ReconciliationMetrics(metrics.register);
  const observe: ObserveBatch = (batch) => {
    metrics.engine.applied(batch);
    reconciliation.applied(batch);
    if (traces) traceFolds(traces, batch);
  };
  const projector = new Projector({ log, codec, store, projections, logger, leases, lanes, observe });
  metrics.engine.watchProjector(projector);
  reconciliation.watch(new ServedReadModels(store), platform.clock);
  return projector;
}

/** A read model has its place in the trace of each event that it applied. */
function traceFolds(traces: Traces, { readModel, events, foldMs, writeMs }: AppliedBatch): void {
  const startedAt = Date.now() - foldMs - writeMs;
  for (const { id, correlationId } of events)
    traces.record({
      name: `fold ${readModel}`,
      correlationId,
      id: `${readModel}/${id}`,
      causeId: id,
      startedAt,
      attributes: { 'axion.batch.events': events.length },
    });
}
