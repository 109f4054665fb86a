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

/** Where the files of a log lie, below the directory of all of them. */
export const originLogFolder = 'origin/';
export const workspaceLogFolder = (tag: string): string => `workspaces/${tag}/`;

/**
 * A log of logs: one tree for each workspace, and one for the origin, whose leaves are the heads of the others. So a
 * workspace can be shown that its export is complete without being shown a leaf of another.
 */
export class AuditLogs {
  private origin = CompactRange.empty();
  private readonly workspaces = new Map<string, CompactRange>();

  constructor(private readonly store: Pick<TileStore, 'read'>) {}

  get size(): number {
    return this.origin.size;
  }

  root(): Buffer {
    return this.origin.root();
  }

  /** Leaves of a workspace's log. */
  sizeOf(workspace: string): number {
    return this.workspaces.get(workspaceTag(workspace))?.size ?? 0;
  }

  /**
   * Takes the logs up where they were sealed, from their files.
   *
   * @throws InvariantBroken when the files do not make the root that was sealed: nothing is repaired
   */
  async open(size: number, root: Uint8Array): Promise<void> {
    const log = this.originLog();
    const heads = new Map<string, TreeHeadEntry>();
    const origin = CompactRange.empty();
    for await (const bytes of log.entries(size)) {
      origin.append(leafHash(bytes));
      const entry = decodeEntry(bytes);
      if (entry.k === 'th') heads.set(entry.ws, entry);
    }
    // Both what is read and what is grown on from: the entries, and the tiles of their hashes.
    for (const range of [origin, await log.rangeAt(size)])
      if (range.size !== size || Buffer.compare(range.root(), root) !== 0)
        throw new InvariantBroken(
          'audit.incident',
          `the origin's log of ${size} leaves has not the root that was sealed`,
        );
    this.origin = origin;
    this.workspaces.clear();
    for (const [tag, head] of heads) this.workspaces.set(tag, await this.rangeOf(tag, head));
  }

  /** What the logs become. */
  async grow({ entries, from, to, configuration }: Batch): Promise<Growth> {
    const files = new Map<string, Uint8Array>();
    const grown = new Map<string, CompactRange>();
    const heads: TreeHeadEntry[] = [];
    const byWorkspace = groupByTag(entries);
    for (const tag of [...byWorkspace.keys()].sort()) {
      const range = this.workspaces.get(tag)?.copy() ?? CompactRange.empty();
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
        for (const [tag, range] of grown) this.workspaces.set(tag, range);
      },
    };
  }

  originLog(): TiledLog {
    return new TiledLog(within(this.store, originLogFolder));
  }

  logOf(tag: string): TiledLog {
    return new TiledLog(within(this.store, workspaceLogFolder(tag)));
  }

  private async rangeOf(tag: string, { size, root }: TreeHeadEntry): Promise<CompactRange> {
    const range = await this.logOf(tag).rangeAt(Number(size));
    if (range.root().toString('hex') !== root)
      throw new InvariantBroken(
        'audit.incident',
        `a workspace's log of ${size} leaves has not the root sealed`,
        {
          ws: tag,
        },
      );
    return range;
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
