import type { EventLog } from '../../../domain/kernel/ports/event-log.js';
import { workspaceOf } from '../log/leaf-reader.js';

export interface TimeRange {
  /** RFC 3339, both inclusive. */
  readonly from?: string;
  readonly to?: string;
}

/** Positions, both inclusive; undefined where nothing bounds it. */
export interface PositionRange {
  readonly from?: bigint;
  readonly to?: bigint;
}

/**
 * The smallest range of positions that holds every event of a workspace with a time in the range. Reads the log: times
 * of neighbours need not be in order.
 *
 * @returns undefined when there is no such event
 */
export async function positionsBetween(
  log: Pick<EventLog, 'readAll'>,
  workspace: string,
  { from, to }: TimeRange,
): Promise<PositionRange | undefined> {
  const begin = from === undefined ? -Infinity : Date.parse(from);
  const end = to === undefined ? Infinity : Date.parse(to);
  let first: bigint | undefined;
  let last: bigint | undefined;
  for await (const { stream, metadata, position } of log.readAll()) {
    const at = typeof metadata['a.at'] === 'string' ? Date.parse(metadata['a.at']) : NaN;
    if (!(at >= begin && at <= end) || workspaceOf(stream) !== workspace) continue;
    first ??= position;
    last = position;
  }
  if (first === undefined || last === undefined) return undefined;
  return { ...(from !== undefined && { from: first }), ...(to !== undefined && { to: last }) };
}
