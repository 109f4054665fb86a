import { Counter, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import { AuditMetrics } from './audit-metrics.js';
import { EngineMetrics } from './engine-metrics.js';

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

  readonly engine = new EngineMetrics(this.registry);
  readonly audit = new AuditMetrics(this.registry);

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** For what a context measures of itself. */
  get register(): Registry {
    return this.registry;
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  request(method: string, route: string, status: number, seconds: number): void {
    this.requests.observe({ method, route, status: String(status) }, seconds);
    if (status >= 500) this.logged.inc();
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }
}
