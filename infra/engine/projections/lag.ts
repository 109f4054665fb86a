import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { ReadModelStore } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { appliedOf } from './projection-runner.js';

export interface LagReport {
  readonly readModel: string;
  readonly version: number;
  readonly applied: string | null;
  readonly head: string | null;
  /** Events in the log that it has not applied; those it has nothing to do with included. */
  readonly events: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly seconds: number;
}

/** How far each read model is behind the log. */
export async function measureLag(
  projections: readonly AnyProjection[],
  log: EventLog,
  store: ReadModelStore,
  nowMs: number,
): Promise<readonly LagReport[]> {
  const applied = await Promise.all(
    projections.map(async (projection) => appliedOf(await store.checkpoints(projection))),
  );
  const head = await log.head();
  const events = projections.map(() => 0);
  const oldest = projections.map(() => nowMs);
  const from = applied.reduce((least, one) =>
    least === undefined || one === undefined ? undefined : one < least ? one : least,
  );
  for await (const event of log.readAll(from)) {
    if (event.stream.startsWith('$')) continue;
    for (const [index, position] of applied.entries()) {
      if (position !== undefined && event.position <= position) continue;
      events[index] = (events[index] ?? 0) + 1;
      oldest[index] = Math.min(oldest[index] ?? nowMs, timeOf(event) ?? nowMs);
    }
  }
  return projections.map(({ name, version }, index) => ({
    readModel: name,
    version,
    applied: applied[index]?.toString() ?? null,
    head: head?.toString() ?? null,
    events: events[index] ?? 0,
    seconds: Math.round((nowMs - (oldest[index] ?? nowMs)) / 100) / 10,
  }));
}

/** Others may write to the same log, and not say when. */
function timeOf({ metadata }: StoredEvent): number | undefined {
  const at = typeof metadata['a.at'] === 'string' ? Date.parse(metadata['a.at']) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
