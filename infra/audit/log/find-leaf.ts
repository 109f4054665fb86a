import { InvariantBroken } from '../../../domain/kernel/errors.js';
import type { TiledLog } from '../tiles/tiled-log.js';
import {
  decodeEntry,
  workspaceTag,
  type ConfigurationEntry,
  type OriginEntry,
  type TreeHeadEntry,
  type WorkspaceEntry,
} from './audit-entry.js';
import type { AuditLogs } from './audit-logs.js';

export interface FoundHead {
  readonly entry: TreeHeadEntry;
  /** In the origin's log. */
  readonly index: number;
}

export interface FoundLeaf {
  readonly entry: WorkspaceEntry;
  /** In the workspace's log. */
  readonly index: number;
}

/**
 * The first head of a workspace that holds what stands at a position, found by halving: about 20 bundles are read in a
 * log of a hundred million leaves.
 *
 * @param size of the origin's log
 * @returns undefined when the position is beyond the last seal, or nothing of the workspace was sealed with it
 */
export async function headCovering(
  logs: AuditLogs,
  size: number,
  workspace: string,
  position: bigint,
): Promise<FoundHead | undefined> {
  const log = logs.originLog();
  const tag = workspaceTag(workspace);
  const first = await firstIndex(size, async (index) => {
    const head = await headFrom(log, size, index);
    return head === undefined || BigInt(head.entry.to) >= position;
  });
  // The heads of one seal stand together, in the order of their tags.
  for (let index = first, to: string | undefined; index < size; index++) {
    const entry = originEntry(await entryAt(log, size, index));
    if (entry.k === 'cfg') continue;
    to ??= entry.to;
    if (entry.to !== to) return undefined;
    if (entry.ws === tag) return { entry, index };
  }
  return undefined;
}

/** The position that the last seal reaches to, of a log of `size` leaves; undefined when nothing is sealed. */
export async function sealedTo(log: TiledLog, size: number): Promise<bigint | undefined> {
  for (let index = size - 1; index >= 0; index--) {
    const entry = originEntry(await entryAt(log, size, index));
    if (entry.k === 'th') return BigInt(entry.to);
  }
  return undefined;
}

/** The leaf at a position of a workspace's log of `size` leaves, or the first one after it; undefined beyond the last. */
export async function leafFrom(
  log: TiledLog,
  size: number,
  position: bigint,
): Promise<FoundLeaf | undefined> {
  const index = await firstIndex(
    size,
    async (at) => BigInt(workspaceEntry(await entryAt(log, size, at)).pos) >= position,
  );
  if (index === size) return undefined;
  return { index, entry: workspaceEntry(await entryAt(log, size, index)) };
}

/** Every configuration of the origin's log, with its place. */
export async function configurations(
  log: TiledLog,
  size: number,
): Promise<readonly { readonly entry: ConfigurationEntry; readonly index: number }[]> {
  const found: { entry: ConfigurationEntry; index: number }[] = [];
  let index = 0;
  for await (const bytes of log.entries(size)) {
    const entry = originEntry(bytes);
    if (entry.k === 'cfg') found.push({ entry, index });
    index += 1;
  }
  return found;
}

/** @throws InvariantBroken `audit.bad-entry` */
export function originEntry(bytes: Uint8Array): OriginEntry {
  const entry = decodeEntry(bytes);
  if (entry.k === 'th' || entry.k === 'cfg') return entry;
  throw new InvariantBroken('audit.bad-entry', 'a leaf of a workspace stands in the log of the origin');
}

/** @throws InvariantBroken `audit.bad-entry` */
export function workspaceEntry(bytes: Uint8Array): WorkspaceEntry {
  const entry = decodeEntry(bytes);
  if (entry.k !== 'th' && entry.k !== 'cfg') return entry;
  throw new InvariantBroken('audit.bad-entry', 'a leaf of the origin stands in the log of a workspace');
}

/** The first head at or after a leaf. */
async function headFrom(log: TiledLog, size: number, from: number): Promise<FoundHead | undefined> {
  for (let index = from; index < size; index++) {
    const entry = originEntry(await entryAt(log, size, index));
    if (entry.k === 'th') return { entry, index };
  }
  return undefined;
}

/** The first of `size` indexes of which something is true that stays true from there on; `size` when it is of none. */
async function firstIndex(size: number, isTrue: (index: number) => Promise<boolean>): Promise<number> {
  let begin = 0;
  let end = size;
  while (begin < end) {
    const middle = Math.floor((begin + end) / 2);
    if (await isTrue(middle)) end = middle;
    else begin = middle + 1;
  }
  return begin;
}

async function entryAt(log: TiledLog, size: number, index: number): Promise<Buffer> {
  for await (const bytes of log.entries(size, index, index + 1)) return bytes;
  throw new InvariantBroken('audit.no-such-leaf', `a log of ${size} leaves has none at ${index}`);
}
