import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import type { BuildEntry, ReadModelPointer } from '../../../domain/kernel/ports/read-model-pointers.js';
import type { ReadModelStore, ReadModelVersion } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { isSame } from './pointer-changes.js';
import { furthestOf, leastOf } from './positions.js';

export interface LaneLag {
  readonly lane: number;
  readonly applied: string | null;
  /** Events in the log that it has not applied; those it has nothing to do with included. */
  readonly events: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly seconds: number;
}

export interface LagReport extends Omit<LaneLag, 'lane'> {
  readonly readModel: string;
  readonly version: number;
  readonly build: number;
  readonly state: BuildEntry['state'];
  readonly serving: boolean;
  readonly head: string | null;
  /** Documents that have something parked, and events that are parked by themselves. */
  readonly parked: number;
  /** None before each of them has a checkpoint. */
  readonly lanes: readonly LaneLag[];
}

interface Measured {
  readonly model: ReadModelVersion;
  readonly state: BuildEntry['state'];
  readonly serving: boolean;
  readonly parked: number;
  /** The whole first, then its lanes. */
  readonly positions: readonly (bigint | undefined)[];
}

interface Behind {
  events: number;
  oldestMs: number;
}

/** How far each build of the read models is behind the log that is fed, filled, or has failed. */
export async function measureLag(
  projections: readonly AnyProjection[],
  log: EventLog,
  store: ReadModelStore,
  nowMs: number,
): Promise<readonly LagReport[]> {
  const measured = await measureBuilds(projections, store);
  const head = await log.head();
  const behind = new Map<Measured, Behind[]>(
    measured.map((one) => [one, one.positions.map(() => ({ events: 0, oldestMs: nowMs }))]),
  );
  const from = leastOf(measured.flatMap(({ positions }) => positions));
  for await (const event of log.readAll(from)) {
    if (event.stream.startsWith('$')) continue;
    const at = timeOf(event) ?? nowMs;
    for (const [{ positions }, counts] of behind)
      for (const [index, position] of positions.entries()) {
        const count = counts[index];
        if (!count || (position !== undefined && event.position <= position)) continue;
        count.events++;
        count.oldestMs = Math.min(count.oldestMs, at);
      }
  }
  return [...behind].map(([{ model, state, serving, parked, positions }, counts]) => {
    const [whole, ...lanes] = counts.map(({ events, oldestMs }, index) => ({
      applied: positions[index]?.toString() ?? null,
      events,
      seconds: Math.round((nowMs - oldestMs) / 100) / 10,
    }));
    return {
      readModel: model.name,
      version: model.version,
      build: model.build ?? 0,
      state,
      serving,
      ...(whole ?? { applied: null, events: 0, seconds: 0 }),
      head: head?.toString() ?? null,
      parked,
      lanes: lanes.map((lane, index) => ({ lane: index, ...lane })),
    };
  });
}

async function measureBuilds(
  projections: readonly AnyProjection[],
  store: ReadModelStore,
): Promise<readonly Measured[]> {
  const pointers = new Map((await store.pointers()).map((pointer) => [pointer.name, pointer]));
  const measured: Measured[] = [];
  for (const projection of projections)
    for (const { state, serving, ...id } of buildsOf(projection, pointers.get(projection.name))) {
      const model = { ...projection, ...id };
      const saved = furthestOf(await store.checkpoints(model));
      const lanes = [...saved].sort((one, other) => one.lane - other.lane).map(({ position }) => position);
      measured.push({
        model,
        state,
        serving,
        parked: await countParked(model, store),
        positions: [leastOf(lanes), ...lanes],
      });
    }
  return measured;
}

function buildsOf(
  { version }: AnyProjection,
  pointer: ReadModelPointer | undefined,
): readonly { version: number; build: number; state: BuildEntry['state']; serving: boolean }[] {
  if (!pointer) return [{ version, build: 0, state: 'live', serving: true }];
  return pointer.builds
    .filter((entry) => entry.version === version && entry.state !== 'retired')
    .map((entry) => ({
      version,
      build: entry.build,
      state: entry.state,
      serving: isSame(pointer.serving, entry),
    }));
}

async function countParked(model: ReadModelVersion, store: ReadModelStore): Promise<number> {
  let count = (await store.unkeyed(model)).length;
  for await (const _document of store.parked(model)) count++;
  return count;
}

/** Others may write to the same log, and not say when. */
function timeOf({ metadata }: StoredEvent): number | undefined {
  const at = typeof metadata['a.at'] === 'string' ? Date.parse(metadata['a.at']) : NaN;
  return Number.isNaN(at) ? undefined : at;
}
