import type { ConfigurationEntry, TreeHeadEntry } from '../log/audit-entry.js';
import { AuditLogs } from '../log/audit-logs.js';
import { originEntry } from '../log/find-leaf.js';
import { CompactRange } from '../merkle/compact-range.js';
import { leafHash } from '../merkle/hashing.js';
import type { TileStore } from '../tiles/tile-store.js';

/** One seal as it stands in the origin's log. */
export interface SealedHeads {
  /** Everything up to here, inclusive, was looked at for it. */
  readonly to: bigint;
  /** Of the origin's log, with this seal. */
  readonly size: number;
  /** Hex. */
  readonly root: string;
  /** Version of the filter that it was made with; undefined in a log that names none. */
  readonly filter: string | undefined;
  readonly grown: readonly GrownLog[];
}

/** Leaves of a workspace's log, and its root in hex. */
export type HeadState = readonly [size: number, root: string];

/** A workspace's log that grew with a seal. */
export interface GrownLog {
  readonly tag: string;
  readonly before: HeadState;
  readonly after: HeadState;
}

const nothing: HeadState = [0, ''];

/** How far a log was read and found whole. */
export interface SealedProgress {
  readonly size: number;
  readonly root: string;
  /** Of each workspace by its tag. */
  readonly heads: Readonly<Record<string, HeadState>>;
  readonly configurations: readonly ConfigurationEntry[];
}

/** Reads the origin's log as it lies in its files, seal by seal, building its tree anew from its entries. */
export class SealedHeadsReader {
  private readonly logs: AuditLogs;
  private origin = CompactRange.empty();
  private readonly heads = new Map<string, HeadState>();
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

  get root(): string {
    return this.origin.root().toString('hex');
  }

  get progress(): SealedProgress {
    const { size } = this.origin;
    return {
      size,
      root: this.root,
      heads: Object.fromEntries(this.heads),
      configurations: this.found,
    };
  }

  /** Of every workspace by its tag: its log after the seals that were read. */
  allHeads(): IterableIterator<[string, HeadState]> {
    return this.heads.entries();
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
   * @throws InvariantBroken when files are missing or damaged
   */
  async nextSeal(): Promise<SealedHeads | undefined> {
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
    const filter = this.found.at(-1)?.filter;
    const grown = heads.map((head) => this.grow(head));
    return { to: BigInt(first.to), size: this.origin.size, root: this.root, filter, grown };
  }

  private grow({ ws, size, root }: TreeHeadEntry): GrownLog {
    const before = this.heads.get(ws) ?? nothing;
    const after: HeadState = [Number(size), root];
    this.heads.set(ws, after);
    return { tag: ws, before, after };
  }

  private async peek(): Promise<Buffer | undefined> {
    if (this.ahead) return this.ahead;
    this.next ??= this.logs.originLog().entries(this.size, this.origin.size)[Symbol.asyncIterator]();
    const step: IteratorResult<Buffer, undefined> = await this.next.next();
    return (this.ahead = step.value);
  }
}
