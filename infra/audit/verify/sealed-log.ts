import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import {
  encodeEntry,
  workspaceTag,
  type ConfigurationEntry,
  type TreeHeadEntry,
} from '../log/audit-entry.js';
import { AuditLogs } from '../log/audit-logs.js';
import { originEntry, workspaceEntry } from '../log/find-leaf.js';
import type { WorkspaceLeaf } from '../log/leaf-reader.js';
import { CompactRange } from '../merkle/compact-range.js';
import { leafHash } from '../merkle/hashing.js';
import type { TileStore } from '../tiles/tile-store.js';

/** A leaf that stands in the log of a workspace. */
export interface SealedLeaf {
  readonly tag: string;
  readonly bytes: Buffer;
}

/** One seal, its leaves by their positions. */
export interface SealedBatch {
  readonly to: bigint;
  /** Of the origin's log, with this seal. */
  readonly size: number;
  readonly root: Buffer;
  readonly leaves: Map<string, SealedLeaf>;
}

/** How far a log was read and found whole. */
export interface SealedProgress {
  readonly size: number;
  readonly root: string;
  /** Of each workspace by its tag: leaves and root. */
  readonly heads: Readonly<Record<string, readonly [number, string]>>;
  readonly configurations: readonly ConfigurationEntry[];
}

/**
 * Reads the logs as they lie in their files, seal by seal, building every tree anew from its entries.
 */
export class SealedLog {
  private readonly logs: AuditLogs;
  private origin = CompactRange.empty();
  private readonly workspaces = new Map<string, CompactRange>();
  private readonly heads = new Map<string, readonly [number, string]>();
  private readonly found: ConfigurationEntry[] = [];
  private next: AsyncIterator<Buffer> | undefined;
  private ahead: Buffer | undefined;

  /** @param size of the origin's log */
  constructor(
    tiles: Pick<TileStore, 'read'>,
    readonly size: number,
  ) {
    this.logs = new AuditLogs(tiles);
  }

  get configurations(): readonly ConfigurationEntry[] {
    return this.found;
  }

  get root(): Buffer {
    return this.origin.root();
  }

  get progress(): SealedProgress {
    return {
      size: this.origin.size,
      root: this.origin.root().toString('hex'),
      heads: Object.fromEntries(this.heads),
      configurations: this.found,
    };
  }

  /** Goes on where an earlier reading ended. @returns false when the log does not begin with that one */
  async resume({ size, root, heads, configurations }: SealedProgress): Promise<boolean> {
    if (size > this.size) return false;
    const origin = await this.logs.originLog().rangeAt(this.size, size);
    if (origin.root().toString('hex') !== root) return false;
    this.origin = origin;
    for (const [tag, head] of Object.entries(heads)) this.heads.set(tag, head);
    this.found.push(...configurations);
    return true;
  }

  /**
   * The next seal; undefined behind the last.
   *
   * @throws InvariantBroken when files are missing or damaged, or a tree has not the root that its head says
   */
  async nextBatch(): Promise<SealedBatch | undefined> {
    const heads: TreeHeadEntry[] = [];
    for (;;) {
      const bytes = await this.peek();
      const entry = bytes && originEntry(bytes);
      if (!bytes || !entry || (entry.k === 'cfg' && heads.length > 0)) break;
      if (entry.k === 'th' && heads[0] !== undefined && heads[0].to !== entry.to) break;
      this.ahead = undefined;
      this.origin.append(leafHash(bytes));
      if (entry.k === 'cfg') this.found.push(entry);
      else heads.push(entry);
    }
    const [first] = heads;
    if (!first) return undefined;
    const leaves = new Map<string, SealedLeaf>();
    for (const head of heads) await this.readGrowth(head, leaves);
    return { to: BigInt(first.to), size: this.origin.size, root: this.origin.root(), leaves };
  }

  /** The tiles of hashes, that proofs are made from, say the same as the entries. @returns what is wrong */
  async faultsOfTiles(): Promise<readonly string[]> {
    const faults: string[] = [];
    const check = async (what: string, root: string, range: () => Promise<CompactRange>): Promise<void> => {
      try {
        if ((await range()).root().toString('hex') !== root)
          faults.push(`the tiles of ${what} do not make its root`);
      } catch (error) {
        if (!(error instanceof InvariantBroken)) throw error;
        faults.push(`${what}: ${messageOf(error)}`);
      }
    };
    await check('the origin', this.root.toString('hex'), () => this.logs.originLog().rangeAt(this.size));
    for (const [tag, [size, root]] of this.heads)
      await check(`workspace ${tag}`, root, () => this.logs.logOf(tag).rangeAt(size));
    return faults;
  }

  private async readGrowth({ ws, size, root }: TreeHeadEntry, leaves: SealedBatch['leaves']): Promise<void> {
    const range = await this.rangeOf(ws);
    for await (const bytes of this.logs.logOf(ws).entries(Number(size), range.size)) {
      range.append(leafHash(bytes));
      leaves.set(workspaceEntry(bytes).pos, { tag: ws, bytes });
    }
    if (range.size !== Number(size) || range.root().toString('hex') !== root)
      throw new InvariantBroken(
        'audit.tampered-log',
        `the leaves of workspace ${ws} do not make the root of its head of ${size} leaves`,
      );
    this.workspaces.set(ws, range);
    this.heads.set(ws, [range.size, root]);
  }

  private async rangeOf(tag: string): Promise<CompactRange> {
    const known = this.workspaces.get(tag);
    if (known) return known;
    const [size, root] = this.heads.get(tag) ?? [0, ''];
    if (size === 0) return CompactRange.empty();
    const range = await this.logs.logOf(tag).rangeAt(size);
    if (range.root().toString('hex') !== root)
      throw new InvariantBroken(
        'audit.tampered-log',
        `the tiles of workspace ${tag} do not make the root that was verified before`,
      );
    return range;
  }

  private async peek(): Promise<Buffer | undefined> {
    if (this.ahead) return this.ahead;
    this.next ??= this.logs.originLog().entries(this.size, this.origin.size)[Symbol.asyncIterator]();
    const step: IteratorResult<Buffer, undefined> = await this.next.next();
    return (this.ahead = step.value);
  }
}

/** Whether a leaf is what the log holds. */
export function isSealedAs({ workspace, entry }: WorkspaceLeaf, sealed: SealedLeaf): boolean {
  return workspaceTag(workspace) === sealed.tag && encodeEntry(entry).equals(sealed.bytes);
}
