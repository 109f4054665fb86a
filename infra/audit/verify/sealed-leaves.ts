import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { encodeEntry, workspaceTag } from '../log/audit-entry.js';
import { AuditLogs } from '../log/audit-logs.js';
import { workspaceEntry } from '../log/find-leaf.js';
import type { WorkspaceLeaf } from '../log/leaf-reader.js';
import { CompactRange } from '../merkle/compact-range.js';
import { leafHash } from '../merkle/hashing.js';
import type { TileStore } from '../tiles/tile-store.js';
import type { GrownLog, HeadState, SealedHeads } from './sealed-heads.js';

/** A leaf that stands in the log of a workspace. */
export interface SealedLeaf {
  readonly tag: string;
  readonly bytes: Buffer;
}

/** Leaves by their positions, as decimal strings. */
export type LeavesByPosition = Map<string, SealedLeaf>;

interface OpenLog {
  readonly entries: AsyncIterator<Buffer>;
  readonly range: CompactRange;
}

/** Logs that are read at once; each holds a bundle of at most 256 entries, about 100 KB. */
const mostOpen = 200;

/** Reads what the logs of workspaces grew by in one segment, building their trees on from where it begins. */
export class SealedLeavesReader {
  private readonly logs: AuditLogs;
  /** Of each log its size at the segment's end: its bundles are full up to there. */
  private readonly sizes = new Map<string, number>();
  private readonly open = new Map<string, OpenLog>();
  private readonly closed = new Map<string, CompactRange>();

  constructor(tiles: Pick<TileStore, 'read'>, seals: readonly SealedHeads[]) {
    this.logs = new AuditLogs(tiles);
    for (const { grown } of seals) for (const { tag, after } of grown) this.sizes.set(tag, after[0]);
  }

  /**
   * What the logs grew by with the next seal.
   *
   * @throws InvariantBroken when files are missing or damaged, or a tree has not the root that its head says
   */
  async read(grown: readonly GrownLog[]): Promise<LeavesByPosition> {
    const leaves: LeavesByPosition = new Map();
    for (const log of grown) await this.readGrowth(log, leaves);
    return leaves;
  }

  private async readGrowth({ tag, before, after }: GrownLog, leaves: LeavesByPosition): Promise<void> {
    const { entries, range } = await this.obtain(tag, before);
    const [size, root] = after;
    while (range.size < size) {
      const step: IteratorResult<Buffer, undefined> = await entries.next();
      if (step.value === undefined) break;
      range.append(leafHash(step.value));
      leaves.set(workspaceEntry(step.value).pos, { tag, bytes: step.value });
    }
    if (range.size !== size || range.root().toString('hex') !== root) throw otherRoot(tag, after);
    if (size === this.sizes.get(tag)) this.open.delete(tag);
    for (const [oldest, log] of this.open) {
      if (this.open.size <= mostOpen) return;
      this.open.delete(oldest);
      this.closed.set(oldest, log.range);
    }
  }

  private async obtain(tag: string, before: HeadState): Promise<OpenLog> {
    const known = this.open.get(tag);
    if (known) return known;
    const range = this.closed.get(tag) ?? (await this.rangeAt(tag, before));
    const log = this.logs.logOf(tag);
    const entries = log.entries(this.sizes.get(tag) ?? 0, range.size)[Symbol.asyncIterator]();
    const opened = { entries, range };
    this.open.set(tag, opened);
    return opened;
  }

  /** From the tiles of hashes, where they make the root that the head before says; else from the entries. */
  private async rangeAt(tag: string, head: HeadState): Promise<CompactRange> {
    const [size, root] = head;
    if (size === 0) return CompactRange.empty();
    const log = this.logs.logOf(tag);
    const grown = this.sizes.get(tag) ?? size;
    const tiled = await log.rangeAt(grown, size).catch((error: unknown) => {
      if (error instanceof InvariantBroken) return undefined;
      throw error;
    });
    if (tiled?.root().toString('hex') === root) return tiled;
    const range = CompactRange.empty();
    for await (const bytes of log.entries(grown, 0, size)) range.append(leafHash(bytes));
    if (range.root().toString('hex') === root) return range;
    throw otherRoot(tag, head);
  }
}

function otherRoot(tag: string, [size]: HeadState): InvariantBroken {
  return new InvariantBroken(
    'audit.tampered-log',
    `the leaves of workspace ${tag} do not make the root of its head of ${size} leaves`,
  );
}

/** Whether a leaf is what the log holds. */
export function isSealedAs({ workspace, entry }: WorkspaceLeaf, sealed: SealedLeaf): boolean {
  return workspaceTag(workspace) === sealed.tag && encodeEntry(entry).equals(sealed.bytes);
}
