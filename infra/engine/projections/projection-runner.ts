import type { AnyEvent, Recorded } from '../../../domain/kernel/event.js';
import type {
  Checkpoint,
  DocumentKey,
  ReadModelStore,
} from '../../../domain/kernel/ports/read-model-store.js';
import type { AnyProjection } from '../../../projections/kernel/projection.js';
import { keysOf } from './fold.js';
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
    return this.lanes.reduce<bigint | undefined>(
      (least, { applied }, index) => (index === 0 ? applied : smaller(least, applied)),
      undefined,
    );
  }

  get status(): readonly LaneStatus[] {
    return this.lanes.map(({ applied, fault }, lane) => ({ lane, applied, fault }));
  }

  /** Hands a position to every lane, also where there is nothing to do (rule P1). */
  async offer(position: bigint, event: Recorded<AnyEvent> | undefined): Promise<void> {
    const shares = new Map<number, DocumentKey[]>();
    if (event)
      for (const key of keysOf(this.projection, event)) {
        const lane = laneOf(key, this.lanes.length);
        shares.set(lane, [...(shares.get(lane) ?? []), key]);
      }
    for (const [index, lane] of this.lanes.entries()) {
      const keys = shares.get(index);
      lane.offer(position, event && keys ? { event, keys } : undefined);
      await lane.hasRoom();
    }
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

function smaller(one: bigint | undefined, other: bigint | undefined): bigint | undefined {
  if (one === undefined || other === undefined) return undefined;
  return one < other ? one : other;
}

/** FNV-1a (32 bits): spreads ids evenly, and the same way in every process. */
function laneOf({ workspace, id }: DocumentKey, lanes: number): number {
  let sum = 0x811c9dc5;
  for (const character of `${workspace}/${id}`) {
    sum ^= character.codePointAt(0) ?? 0;
    sum = Math.imul(sum, 0x01000193) >>> 0;
  }
  return sum % lanes;
}
