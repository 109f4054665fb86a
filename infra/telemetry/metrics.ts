import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Projector } from '../engine/projections/projector.js';

/** What Prometheus reads of one process. */
export class Metrics {
  private readonly registry = new Registry();
  private readonly requests = new Histogram({
    name: 'axion_http_request_duration_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [this.registry],
  });
  private readonly logged = new Counter({
    name: 'axion_http_errors_total',
    help: 'Requests that ended in a fault of ours',
    registers: [this.registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
    if (status >= 500) this.logged.inc();
  }

  /** Shows how far each read model has got; positions, since seconds need a live event to measure by. */
  watch(projector: Projector): void {
    new Gauge({
      name: 'axion_projection_applied_position',
      help: 'Position up to which a lane of a read model has applied everything',
      labelNames: ['read_model', 'lane'] as const,
      registers: [this.registry],
      collect() {
        for (const { name, lanes } of projector.status)
          for (const { lane, applied } of lanes)
            this.set({ read_model: name, lane: String(lane) }, Number(applied ?? 0n));
      },
    });
    new Gauge({
      name: 'axion_projection_stuck',
      help: '1 for a lane that does not go on',
      labelNames: ['read_model', 'lane'] as const,
      registers: [this.registry],
      collect() {
        for (const { name, lanes } of projector.status)
          for (const { lane, fault } of lanes)
            this.set({ read_model: name, lane: String(lane) }, fault ? 1 : 0);
      },
    });
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
