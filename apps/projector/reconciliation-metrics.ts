import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { AnyEvent, Recorded } from '../../domain/kernel/event.js';
import type { ReadModelReader } from '../../domain/kernel/ports/read-model-store.js';
import type { Clock } from '../../domain/kernel/time.js';
import {
  breakTypes,
  type BreakType,
  type ReconciliationCounts,
  type RunEvent,
} from '../../domain/reconciliation/contract.js';
import type { AppliedBatch } from '../../infra/engine/projections/applied-batch.js';
import { breakTrends, type BreakDay } from '../../projections/reconciliation/break-trends.js';
import { breaks } from '../../projections/reconciliation/breaks.js';
import { runs } from '../../projections/reconciliation/runs.js';

/** After every moment. */
const whenever = '~';

/** What Prometheus reads of reconciliation: how well books match, what is open, and for how long. */
export class ReconciliationMetrics {
  private readonly matchRate: Histogram;
  private readonly found: Counter<'type'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.matchRate = new Histogram({
      name: 'axion_reconciliation_match_rate',
      help: 'Share of the records of both sides of a completed run that are in a match',
      buckets: [0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999, 1],
      registers,
    });
    this.found = new Counter({
      name: 'axion_reconciliation_breaks_found_total',
      help: 'Breaks of the completed runs, and of matches unmade in them, that this process applied',
      labelNames: ['type'],
      registers,
    });
  }

  /** A batch that a lane wrote. */
  applied({ readModel, events }: AppliedBatch): void {
    // Each run is one document of one read model, so its completion comes by once.
    if (readModel !== runs.name) return;
    for (const event of events) {
      if (isCompletion(event)) this.completed(event);
      if (isUnmaking(event)) for (const { type } of event.data.breaks) this.found.inc({ type });
    }
  }

  /** What is open in all workspaces, by the read models as they stand. */
  watch(store: Pick<ReadModelReader, 'live' | 'due'>, clock: Clock): void {
    const registers = [this.registry];
    new Gauge({
      name: 'axion_reconciliation_open_breaks',
      help: 'Breaks that are neither resolved nor cleared',
      labelNames: ['type'] as const,
      registers,
      async collect() {
        try {
          const open = new Map<BreakType, number>();
          for await (const { document } of store.live(breakTrends))
            // It was folded by the projection that says what its documents are.
            if (document) addUp(open, (document as object as BreakDay).types);
          for (const type of breakTypes) this.set({ type }, open.get(type) ?? 0);
        } catch {
          // The store is away: what was shown last stays.
        }
      },
    });
    new Gauge({
      name: 'axion_reconciliation_oldest_break_age_seconds',
      help: 'Age of the oldest break that is neither resolved nor cleared; 0 when there is none',
      registers,
      async collect() {
        try {
          const [oldest] = await store.due(breaks, whenever, 1);
          const since = oldest?.document?.['openSince'];
          const age = typeof since === 'string' ? Date.parse(await clock.now()) - Date.parse(since) : 0;
          this.set(Math.max(0, age) / 1000);
        } catch {
          // The store or the clock is away: what was shown last stays.
        }
      },
    });
  }

  private completed({ data: { counts } }: Completion): void {
    this.matchRate.observe(matchRateOf(counts));
    for (const type of breakTypes) if (counts.breaks[type] > 0) this.found.inc({ type }, counts.breaks[type]);
  }
}

type Completion = Recorded<Extract<RunEvent, { type: 'RunCompleted' }>>;

function isCompletion(event: Recorded<AnyEvent>): event is Completion {
  return event.type === 'RunCompleted' && 'counts' in event.data;
}

type Unmaking = Recorded<Extract<RunEvent, { type: 'MatchUnmade' }>>;

function isUnmaking(event: Recorded<AnyEvent>): event is Unmaking {
  return event.type === 'MatchUnmade' && 'breaks' in event.data;
}

/** By what the run counted: one record each of what is missing or sent twice, one of both sides of any other break. */
function matchRateOf({ internal, broker, breaks: found }: ReconciliationCounts): number {
  const records = internal + broker;
  if (records === 0) return 1;
  const broken = breakTypes.reduce((sum, type) => sum + found[type] * recordsOf[type], 0);
  return Math.max(0, records - broken) / records;
}

const recordsOf: Readonly<Record<BreakType, number>> = {
  missingAtBroker: 1,
  missingInternal: 1,
  duplicate: 1,
  price: 2,
  quantity: 2,
  side: 2,
  settlementDate: 2,
  currency: 2,
  tradeDate: 2,
  fees: 2,
};

function addUp(open: Map<BreakType, number>, types: BreakDay['types']): void {
  for (const type of breakTypes) {
    const day = types[type];
    if (day) open.set(type, (open.get(type) ?? 0) + day.opened + day.reopened - day.resolved - day.cleared);
  }
}
