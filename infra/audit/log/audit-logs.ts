import { InvariantBroken } from '../../../domain/kernel/errors.js';
import { CompactRange } from '../merkle/compact-range.js';
import { leafHash } from '../merkle/hashing.js';
import { TiledLog } from '../tiles/tiled-log.js';
import type { TileStore } from '../tiles/tile-store.js';
import {
  decodeEntry,
  encodeEntry,
  workspaceTag,
  type ConfigurationEntry,
  type TreeHeadEntry,
  type WorkspaceEntry,
} from './audit-entry.js';

/** What is to be sealed together, in the order of positions. */
export interface Batch {
  readonly entries: readonly { readonly workspace: string; readonly entry: WorkspaceEntry }[];
  /** First and last position that was read for it. */
  readonly from: bigint;
  readonly to: bigint;
  /** Comes before the heads. */
  readonly configuration?: ConfigurationEntry;
}

/** What the logs are after a batch: nothing of it is stored yet. */
export interface Growth {
  /** Of the origin's log. */
  readonly size: number;
  readonly root: Buffer;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Takes it over, once the seal stands. */
  adopt(): void;
}

/** Workspaces whose trees are kept in memory; about 2 KB each. */
const mostRanges = 10_000;

/** The head of a workspace's log, by the name it has in the origin's. */
export type WorkspaceHead = Pick<TreeHeadEntry, 'ws' | 'size' | 'root'>;

/** All heads as they were when the origin's log had `size` leaves. */
export interface ResumePoint {
  readonly size: number;
  readonly root: Buffer;
  readonly heads: readonly WorkspaceHead[];
}

/** Where the files of a log lie, below the directory of all of them. */
export const originLogFolder = 'origin/';
export const workspaceLogFolder = (tag: string): string => `workspaces/${tag}/`;

/**
 * A log of logs: one tree for each workspace, and one for the origin, whose leaves are the heads of the others. So a
 * workspace can be shown that its export is complete without being shown a leaf of another.
 */
export class AuditLogs {
  private origin = CompactRange.empty();
  private heads = new Map<string, WorkspaceHead>();
  /** Of the workspaces that grew last. */
  private readonly ranges = new Map<string, CompactRange>();

  constructor(private readonly store: Pick<TileStore, 'read'>) {}

  get size(): number {
    return this.origin.size;
  }

  root(): Buffer {
    return this.origin.root();
  }

  /** Leaves of a workspace's log. */
  sizeOf(workspace: string): number {
    return Number(this.heads.get(workspaceTag(workspace))?.size ?? 0);
  }

  /** What `open` can begin at later. */
  resumePoint(): ResumePoint {
    return { size: this.size, root: this.root(), heads: [...this.heads.values()] };
  }

  /**
   * Takes the logs up where they were sealed, from their files. Of more workspaces than are kept in memory the rest
   * is looked at when it grows.
   *
   * @param resume heads that somebody trusted wrote down; all leaves are read when it is not of this log
   * @throws InvariantBroken when the files do not make the root that was sealed: nothing is repaired
   */
  async open(size: number, root: Uint8Array, resume?: ResumePoint): Promise<void> {
    const log = this.originLog();
    const tiled = await log.rangeAt(size);
    const begun = resume && (await this.beginningOf(size, resume));
    const origin = begun ?? CompactRange.empty();
    const heads = new Map(begun ? resume.heads.map((head) => [head.ws, head]) : []);
    for await (const bytes of log.entries(size, origin.size)) {
      origin.append(leafHash(bytes));
      const entry = decodeEntry(bytes);
      if (entry.k === 'th') {
        // The one that grew last comes last.
        heads.delete(entry.ws);
        heads.set(entry.ws, { ws: entry.ws, size: entry.size, root: entry.root });
      }
    }
    // Both what is read and what is grown on from: the entries, and the tiles of their hashes.
    for (const range of [origin, tiled])
      if (range.size !== size || Buffer.compare(range.root(), root) !== 0)
        throw new InvariantBroken(
          'audit.incident',
          `the origin's log of ${size} leaves has not the root that was sealed`,
        );
    this.origin = origin;
    this.heads = heads;
    this.ranges.clear();
    for (const tag of [...heads.keys()].slice(-mostRanges)) this.remember(tag, await this.rangeOf(tag));
  }

  /** What the logs become. */
  async grow({ entries, from, to, configuration }: Batch): Promise<Growth> {
    const files = new Map<string, Uint8Array>();
    const grown = new Map<string, CompactRange>();
    const heads: TreeHeadEntry[] = [];
    const byWorkspace = groupByTag(entries);
    for (const tag of [...byWorkspace.keys()].sort()) {
      const range = await this.rangeOf(tag);
      const added = byWorkspace.get(tag) ?? [];
      for (const [path, bytes] of await this.logOf(tag).grow(range, added))
        files.set(workspaceLogFolder(tag) + path, bytes);
      grown.set(tag, range);
      heads.push({
        k: 'th',
        ws: tag,
        size: String(range.size),
        root: range.root().toString('hex'),
        from: from.toString(),
        to: to.toString(),
      });
    }
    const origin = this.origin.copy();
    const leaves = [...(configuration ? [configuration] : []), ...heads].map(encodeEntry);
    for (const [path, bytes] of await this.originLog().grow(origin, leaves))
      files.set(originLogFolder + path, bytes);
    return {
      size: origin.size,
      root: origin.root(),
      files,
      adopt: () => {
        this.origin = origin;
        for (const { ws, size, root } of heads) {
          this.heads.delete(ws);
          this.heads.set(ws, { ws, size, root });
        }
        for (const [tag, range] of grown) this.remember(tag, range);
      },
    };
  }

  originLog(): TiledLog {
    return new TiledLog(within(this.store, originLogFolder));
  }

  logOf(tag: string): TiledLog {
    return new TiledLog(within(this.store, workspaceLogFolder(tag)));
  }

  private async beginningOf(size: number, resume: ResumePoint): Promise<CompactRange | undefined> {
    if (resume.size > size) return undefined;
    const range = await this.originLog().rangeAt(size, resume.size);
    return range.root().equals(resume.root) ? range : undefined;
  }

  /** A copy, to grow. */
  private async rangeOf(tag: string): Promise<CompactRange> {
    const known = this.ranges.get(tag);
    if (known) return known.copy();
    const head = this.heads.get(tag);
    if (!head) return CompactRange.empty();
    const range = await this.logOf(tag).rangeAt(Number(head.size));
    if (range.root().toString('hex') !== head.root)
      throw new InvariantBroken(
        'audit.incident',
        `a workspace's log of ${head.size} leaves has not the root that was sealed`,
        { ws: tag },
      );
    return range;
  }

  private remember(tag: string, range: CompactRange): void {
    this.ranges.delete(tag);
    this.ranges.set(tag, range);
    for (const oldest of this.ranges.keys()) {
      if (this.ranges.size <= mostRanges) return;
      this.ranges.delete(oldest);
    }
  }
}

/** The leaves of each workspace, in their order. */
function groupByTag(entries: Batch['entries']): Map<string, Buffer[]> {
  const tags = new Map<string, Buffer[]>();
  const byWorkspace = new Map<string, Buffer[]>();
  for (const { workspace, entry } of entries) {
    let leaves = byWorkspace.get(workspace);
    if (!leaves) {
      byWorkspace.set(workspace, (leaves = []));
      tags.set(workspaceTag(workspace), leaves);
    }
    leaves.push(encodeEntry(entry));
  }
  return tags;
}

function within(store: Pick<TileStore, 'read'>, folder: string): Pick<TileStore, 'read'> {
  return { read: (path) => store.read(folder + path) };
}
