import { randomUUID } from 'node:crypto';
import pino from 'pino';
import { event, type EventOf } from '../../../../domain/kernel/event.js';
import { streamName, workspaceId, type StreamName } from '../../../../domain/kernel/names.js';
import type { EventLog } from '../../../../domain/kernel/ports/event-log.js';
import type { ReadModelStore, StoredDocument } from '../../../../domain/kernel/ports/read-model-store.js';
import { deleted, projection, type AnyProjection } from '../../../../projections/kernel/projection.js';
import { EventCodec } from '../../../eventstore/event-codec.js';
import { InMemoryEventLog } from '../../../eventstore/in-memory-event-log.js';
import type { Leases } from '../../leases/leases.js';
import { Projector } from '../projector.js';

export const countEvents = {
  Counted: event<{ counter: string }>(),
  Moved: event<{ from: string; to: string }>(),
  Dropped: event<{ counter: string }>(),
  Noted: event<{ note: string }>(),
};
export type CountEvent = EventOf<typeof countEvents>;
type CounterEvent = Exclude<CountEvent, { type: 'Noted' }>;

export interface Counter {
  readonly counter: string;
  readonly count: number;
}

const { Noted: _noted, ...counterEvents } = countEvents;

/** Counts, so that an event applied twice or never shows; knows nothing of notes. */
export const counters = projection<Counter, CounterEvent>({
  name: 'counters',
  version: 1,
  events: counterEvents,
  key: (event) => (event.type === 'Moved' ? [event.data.from, event.data.to] : event.data.counter),
  on: {
    Counted: (before, _event, counter) => ({ counter, count: (before?.count ?? 0) + 1 }),
    Moved: (before, { data }, counter) => ({
      counter,
      count: (before?.count ?? 0) + (counter === data.to ? 10 : -1),
    }),
    Dropped: () => deleted,
  },
});

export const codec = new EventCodec([countEvents], {
  seal: () => Promise.reject(new Error('nothing is sealed here')),
  open: () => Promise.reject(new Error('nothing is sealed here')),
});

export const silent = pino({ level: 'silent' });

export const acme = workspaceId('acme');

export const counted = (counter: string): CountEvent => ({ type: 'Counted', data: { counter } });
export const moved = (from: string, to: string): CountEvent => ({ type: 'Moved', data: { from, to } });
export const dropped = (counter: string): CountEvent => ({ type: 'Dropped', data: { counter } });
export const noted: CountEvent = { type: 'Noted', data: { note: 'nothing to count' } };

/** Appends events to a stream of their own. @returns the position of the last one */
export async function happen(
  log: EventLog,
  events: readonly { type: string; data: object; schema?: number }[],
  stream: StreamName = streamName('counter', acme, randomUUID()),
): Promise<bigint> {
  const { position } = await log.append(
    stream,
    'no_stream',
    events.map(({ type, data, schema = 1 }) => ({
      id: randomUUID(),
      type,
      data: { ...data },
      metadata: { 'a.v': '1', 'a.schema': String(schema), 'a.at': '2024-06-12T20:00:00.000Z' },
    })),
  );
  return position;
}

export interface ProcessOptions {
  readonly lanes?: number;
  readonly projections?: readonly AnyProjection[];
  /** The log as this process sees it. */
  readonly log?: EventLog;
  /** What this process's code makes of events. */
  readonly codec?: EventCodec;
  readonly leases?: Leases;
  readonly pollMs?: number;
  readonly silenceMs?: number;
  readonly cacheBytes?: number;
}

/** What is written down outlives a process: the log and the store. */
export class World {
  readonly log = new InMemoryEventLog();
  private readonly running = new Set<Projector>();

  async startProcess(store: ReadModelStore, options: ProcessOptions = {}): Promise<Projector> {
    const projector = new Projector({
      log: this.log,
      codec,
      projections: [counters],
      logger: silent,
      lanes: 2,
      pollMs: 20,
      ...options,
      store,
    });
    this.running.add(projector);
    await projector.start();
    return projector;
  }

  async end(): Promise<void> {
    await Promise.all([...this.running].map((projector) => projector.stop()));
  }
}

export async function documentsIn(
  store: ReadModelStore,
  of: AnyProjection = counters,
): Promise<Map<string, StoredDocument>> {
  const found = new Map<string, StoredDocument>();
  for await (const document of store.all(of)) found.set(document.id, document);
  return found;
}

/** Counts by counter; a tombstone counts as undefined. */
export async function countsIn(store: ReadModelStore): Promise<Record<string, number | undefined>> {
  const found = await documentsIn(store);
  return Object.fromEntries([...found].map(([id, { document }]) => [id, document && Number(document.count)]));
}
