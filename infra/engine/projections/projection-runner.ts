import type { Checkpoint, ReadModelStore } from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import type { HandedEvent } from './handed-event.js';
import { Lane } from './lane.js';

export interface LaneStatus {
  readonly lane: number;
  readonly applied: bigint | undefined;
  readonly fault: string | undefined;
}

/** One read model, its documents spread over lanes by their ids. */
export class ProjectionRunner {
  private constructor(
    readonly projection: AnyProjection,
    private readonly lanes: readonly Lane[],
  ) {}

  static async start(
    projection: AnyProjection,
    store: ReadModelStore,
    laneCount: number,
    onApplied: () => void,
  ): Promise<ProjectionRunner> {
    await store.prepare(projection);
    const from = startOf(await store.checkpoints(projection), laneCount);
    const lanes = Array.from(
      { length: laneCount },
      (_none, lane) => new Lane({ projection, store, lane, lanes: laneCount, from: from[lane], onApplied }),
    );
    return new ProjectionRunner(projection, lanes);
  }

  /** Everything up to here is in the documents, whatever the lane; undefined while some lane has nothing yet. */
  get applied(): bigint | undefined {
    return leastOf(this.lanes.map(({ applied }) => applied));
  }

  get status(): readonly LaneStatus[] {
    return this.lanes.map(({ applied, fault }, lane) => ({ lane, applied, fault }));
  }

  /** Everything up to here was offered to every lane. */
  get offered(): bigint | undefined {
    return leastOf(this.lanes.map(({ offered }) => offered));
  }

  /** True while some lane does not go on. */
  get isStuck(): boolean {
    return this.lanes.some(({ fault }) => fault !== undefined);
  }

  /** True while some lane has more waiting than it should hold in memory. */
  get isFull(): boolean {
    return this.lanes.some((lane) => lane.isFull);
  }

  /** Hands a position to every lane, also where there is nothing to do (rule P1). */
  offer(position: bigint, handed: HandedEvent | undefined): void {
    const concerned = handed && Object.hasOwn(this.projection.on, handed.type) ? handed : undefined;
    for (const lane of this.lanes) lane.offer(position, concerned);
  }

  /** Resolves when a lane that is full went on, failed, or was stopped. */
  async change(): Promise<void> {
    await Promise.race(this.lanes.filter((lane) => lane.isFull).map((lane) => lane.change()));
  }

  async stop(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.stop()));
  }
}

/** Where each lane starts: at its own checkpoint, or, if the lanes were others, all at the smallest (rule P4). */
export function startOf(saved: readonly Checkpoint[], laneCount: number): readonly (bigint | undefined)[] {
  const own = Array.from(
    { length: laneCount },
    (_none, lane) =>
      saved.find((checkpoint) => checkpoint.lane === lane && checkpoint.lanes === laneCount)?.position,
  );
  if (own.every((position) => position !== undefined)) return own;
  return own.map(() => appliedOf(saved));
}

/** What is certainly applied, judging by checkpoints that may have been made for several numbers of lanes. */
export function appliedOf(saved: readonly Checkpoint[]): bigint | undefined {
  let best: bigint | undefined;
  for (const [lanes, checkpoints] of groupByLanes(saved)) {
    if (checkpoints.length < lanes) continue;
    const least = checkpoints
      .map(({ position }) => position)
      .reduce((one, other) => (one < other ? one : other));
    if (best === undefined || least > best) best = least;
  }
  return best;
}

function groupByLanes(saved: readonly Checkpoint[]): Map<number, Checkpoint[]> {
  const groups = new Map<number, Checkpoint[]>();
  for (const checkpoint of saved)
    groups.set(checkpoint.lanes, [...(groups.get(checkpoint.lanes) ?? []), checkpoint]);
  return groups;
}

/** The smallest; undefined if any of them is. */
export function leastOf(positions: readonly (bigint | undefined)[]): bigint | undefined {
  let least: bigint | undefined;
  for (const position of positions) {
    if (position === undefined) return undefined;
    if (least === undefined || position < least) least = position;
  }
  return least;
}
