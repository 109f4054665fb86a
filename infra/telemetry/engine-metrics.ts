import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { sagaEvents } from '../../domain/engine/saga-events.js';
import { partsOfSagaId } from '../../domain/engine/saga-instance.js';
import type { AnyEvent, Recorded } from '../../domain/kernel/event.js';
import { parseStreamName } from '../../domain/kernel/names.js';
import type { AppliedBatch } from '../engine/projections/applied-batch.js';
import type { LaneStatus } from '../engine/projections/fed-build.js';
import type { Projector, ReadModelStatus } from '../engine/projections/projector.js';
import type { SagaRunner } from '../engine/sagas/saga-runner.js';

/** The read model that has one document for each instance of a saga. */
const sagaReadModel = 'sagas';
const ofLane = ['read_model', 'lane'] as const;
const milliseconds = [0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10_000];

/** What Prometheus reads of the read models and sagas that one process works on. */
export class EngineMetrics {
  private readonly batchEvents: Histogram<(typeof ofLane)[number]>;
  private readonly foldSeconds: Histogram<(typeof ofLane)[number]>;
  private readonly writeSeconds: Histogram<(typeof ofLane)[number]>;
  private readonly parked: Counter<'read_model'>;
  private readonly sagaEvents: Counter<'saga' | 'event'>;
  private readonly timerLateness: Histogram<'saga'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.batchEvents = new Histogram({
      name: 'axion_projection_batch_events',
      help: 'Events that a lane applied with one write',
      labelNames: ofLane,
      buckets: [1, 3, 10, 30, 100, 300, 500],
      registers,
    });
    const seconds = milliseconds.map((one) => one / 1000);
    this.foldSeconds = new Histogram({
      name: 'axion_projection_fold_seconds',
      help: 'Time in which a batch was folded',
      labelNames: ofLane,
      buckets: seconds,
      registers,
    });
    this.writeSeconds = new Histogram({
      name: 'axion_projection_write_seconds',
      help: 'Time in which the documents of a batch were written',
      labelNames: ofLane,
      buckets: seconds,
      registers,
    });
    this.parked = new Counter({
      name: 'axion_projection_parked_total',
      help: 'Documents in which an event was parked by this process; what is parked now: axion parked',
      labelNames: ['read_model'],
      registers,
    });
    this.sagaEvents = new Counter({
      name: 'axion_saga_events_total',
      help: 'What became of sagas, by the types of their own events; what is parked now: axion sagas',
      labelNames: ['saga', 'event'],
      registers,
    });
    this.timerLateness = new Histogram({
      name: 'axion_saga_timer_lateness_seconds',
      help: 'How long after it was due a timer fired, by the clock port',
      labelNames: ['saga'],
      buckets: [0.1, 0.3, 1, 3, 10, 60, 600, 3600],
      registers,
    });
  }

  /** A batch that a lane wrote. */
  applied({ readModel, lane, events, parked, foldMs, writeMs }: AppliedBatch): void {
    const labels = { read_model: readModel, lane: String(lane) };
    this.batchEvents.observe(labels, events.length);
    this.foldSeconds.observe(labels, foldMs / 1000);
    this.writeSeconds.observe(labels, writeMs / 1000);
    if (parked > 0) this.parked.inc({ read_model: readModel }, parked);
    // Each instance is one document of one read model, so its events come by once.
    if (readModel === sagaReadModel) for (const event of events) this.sagaEvent(event);
  }

  /** How far each lane that is worked here has got. */
  watchProjector(projector: Projector): void {
    this.gaugeOfLanes(
      projector,
      'axion_projection_applied_position',
      'Everything up to here is applied',
      (lane) => Number(lane.applied ?? 0n),
    );
    this.gaugeOfLanes(
      projector,
      'axion_projection_lag_events',
      'Events that came and are not applied yet',
      (lane) => lane.waiting,
    );
    this.gaugeOfLanes(
      projector,
      'axion_projection_lag_seconds',
      'Age of the oldest event that is not applied yet',
      (lane) =>
        lane.waitingSince === undefined
          ? 0
          : Math.max(0, (Date.now() - Date.parse(lane.waitingSince)) / 1000),
    );
    this.gaugeOfLanes(projector, 'axion_projection_stuck', '1 for a lane that does not go on', (lane) =>
      lane.fault === undefined ? 0 : 1,
    );
  }

  /** How far each share of the sagas that is worked here has got. */
  watchSagas(runner: SagaRunner): void {
    const gauge = (
      name: string,
      help: string,
      value: (shard: SagaRunner['status'][number]) => number,
    ): void => {
      new Gauge({
        name,
        help,
        labelNames: ['shard'] as const,
        registers: [this.registry],
        collect() {
          this.reset();
          for (const shard of runner.status) this.set({ shard: String(shard.shard) }, value(shard));
        },
      });
    };
    gauge(
      'axion_saga_applied_position',
      'Everything up to here was handed to the sagas of a shard',
      ({ applied }) => Number(applied ?? 0n),
    );
    gauge('axion_saga_stuck', '1 for a shard that does not go on', ({ fault }) =>
      fault === undefined ? 0 : 1,
    );
  }

  private sagaEvent({ type, stream, data, at }: Recorded<AnyEvent>): void {
    const name = parseStreamName(stream);
    if (!name || !Object.hasOwn(sagaEvents, type)) return;
    const { saga } = partsOfSagaId(name.id);
    this.sagaEvents.inc({ saga, event: type });
    const due = dueOf(data);
    if (due !== undefined) this.timerLateness.observe({ saga }, Math.max(0, Date.parse(at) - due) / 1000);
  }

  private gaugeOfLanes(
    projector: Projector,
    name: string,
    help: string,
    value: (lane: LaneStatus) => number,
  ): void {
    new Gauge({
      name,
      help,
      labelNames: ofLane,
      registers: [this.registry],
      collect() {
        this.reset();
        for (const model of projector.status.filter(({ serving }: ReadModelStatus) => serving))
          for (const lane of model.lanes.filter(({ held }) => held))
            this.set({ read_model: model.name, lane: String(lane.lane) }, value(lane));
      },
    });
  }
}

/** When a timer was due that an event says has fired, in milliseconds. */
function dueOf(data: object): number | undefined {
  const fired = 'cause' in data && typeof data.cause === 'object' && data.cause !== null ? data.cause : data;
  return 'due' in fired && typeof fired.due === 'string' ? Date.parse(fired.due) : undefined;
}
