import type { Checkpoint } from '../../../domain/kernel/ports/read-model-store.js';

/** Where each lane starts: at its own checkpoint, or, if the lanes were others, all at the smallest (rule P4). */
export function startOf(saved: readonly Checkpoint[], laneCount: number): readonly (bigint | undefined)[] {
  const own = Array.from(
    { length: laneCount },
    (_none, lane) =>
      saved.find((checkpoint) => checkpoint.lane === lane && checkpoint.lanes === laneCount)?.position,
  );
  if (own.every((position) => position !== undefined)) return own;
  const smallest = appliedOf(saved);
  return own.map(() => smallest);
}

/** What is certainly applied, judging by checkpoints that may have been made for several numbers of lanes. */
export function appliedOf(saved: readonly Checkpoint[]): bigint | undefined {
  return leastOf(furthestOf(saved).map(({ position }) => position));
}

/** The checkpoints of every lane, for that number of lanes which has got furthest; none before all have one. */
export function furthestOf(saved: readonly Checkpoint[]): readonly Checkpoint[] {
  let furthest: readonly Checkpoint[] = [];
  let best: bigint | undefined;
  for (const [lanes, checkpoints] of groupByLanes(saved)) {
    if (checkpoints.length < lanes) continue;
    const least = leastOf(checkpoints.map(({ position }) => position));
    if (least === undefined || (best !== undefined && least <= best)) continue;
    best = least;
    furthest = checkpoints;
  }
  return furthest;
}

/** The smallest; undefined if any of them is, or there are none. */
export function leastOf(positions: readonly (bigint | undefined)[]): bigint | undefined {
  let least: bigint | undefined;
  for (const position of positions) {
    if (position === undefined) return undefined;
    if (least === undefined || position < least) least = position;
  }
  return least;
}

/** True when one has reached the other; everybody has reached nothing. */
export function hasReached(position: bigint | undefined, other: bigint | undefined): boolean {
  return other === undefined || (position !== undefined && position >= other);
}

function groupByLanes(saved: readonly Checkpoint[]): Map<number, Checkpoint[]> {
  const groups = new Map<number, Checkpoint[]>();
  for (const checkpoint of saved)
    groups.set(checkpoint.lanes, [...(groups.get(checkpoint.lanes) ?? []), checkpoint]);
  return groups;
}
