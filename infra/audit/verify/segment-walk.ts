import { InvariantBroken, messageOf } from '../../../domain/kernel/errors.js';
import type { EventLog, StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { workspaceEntry } from '../log/find-leaf.js';
import { leafOf, type LeafFilter } from '../log/leaf-reader.js';
import { LinkWalk, isFollowed, type Finding, type Followed } from '../log/link-walk.js';
import { sealStream, type Seal } from '../sealing/seal-events.js';
import type { TileStore } from '../tiles/tile-store.js';
import { LeafResults, type BadLeaf, type LeafCounts } from './leaf-results.js';
import { LinkTally, noLinks, type LinkCounts } from './link-tally.js';
import type { SealedHeads } from './sealed-heads.js';
import { SealedLeavesReader, isSealedAs, type LeavesByPosition } from './sealed-leaves.js';
import type { Segment } from './segment.js';

export interface WalkPorts {
  readonly log: Pick<EventLog, 'readAt' | 'readAll'>;
  readonly tiles: Pick<TileStore, 'read'>;
  /** Every filter there ever was, by its version. */
  readonly filters: Readonly<Record<string, LeafFilter>>;
  /** Says what will be a leaf, of what is not sealed yet. */
  readonly newestFilter: string;
  /** Hex; undefined in a log without one. */
  readonly origin: string | undefined;
}

/** Of a stream that is met for the first time: how it was left by the events before. */
export type EndBefore = (
  event: StoredEvent,
  mustBeLinked: boolean,
) => Followed | undefined | Promise<Followed | undefined>;

/** Size of the origin's log, and its root in hex. */
export type SizeAndRoot = readonly [size: number, root: string];

interface SealUnderWay {
  readonly seal: SealedHeads;
  readonly leaves: LeavesByPosition;
}

const progressEvery = 1000;

/** Walks `$all` and the sealed leaves side by side, one segment after another. */
export class SegmentWalk {
  readonly tally: LinkTally;
  readonly results: LeafResults;
  /** Of the segments that were walked, until somebody takes them: roots that follow from the log's entries … */
  readonly issued: SizeAndRoot[] = [];
  /** … and those that `Sealed` events name. */
  readonly claimed: SizeAndRoot[] = [];
  /** Why the files of the log could not be read to their end; from there on there is nothing to compare with. */
  broken: string | undefined;
  readonly links: LinkWalk;
  /** Walked, of every kind. */
  events = 0;
  private under: SealUnderWay | undefined;

  constructor(
    readonly ports: WalkPorts,
    private readonly endBefore: EndBefore,
    before?: { readonly links: LinkCounts; readonly leaves: LeafCounts },
  ) {
    this.tally = new LinkTally(before?.links ?? noLinks);
    this.results = new LeafResults(before?.leaves);
    this.links = new LinkWalk(ports.origin, (stream) => this.isLeaf(stream));
  }

  async walk({ after, to, seals }: Segment, onProgress?: (position: bigint) => void): Promise<void> {
    const leaves = new SealedLeavesReader(this.ports.tiles, seals);
    const rest = seals[Symbol.iterator]();
    await this.nextSeal(rest, leaves);
    for await (const event of this.ports.log.readAll(after)) {
      if (after !== undefined && event.position <= after) continue;
      if (to !== undefined && event.position > to) break;
      if (++this.events % progressEvery === 0) onProgress?.(event.position);
      while (this.under && event.position > this.under.seal.to) await this.nextSeal(rest, leaves);
      if (!this.links.knows(event.stream) && isFollowed(event.stream)) await this.takeUp(event);
      const finding = this.links.follow(event);
      this.tally.count(event, finding);
      this.judge(event, finding);
      if (event.stream === sealStream && event.type === 'Sealed') {
        const { size, root } = event.data as Seal;
        this.claimed.push([size, root]);
      }
    }
    while (this.under) await this.nextSeal(rest, leaves);
  }

  private async takeUp(event: StoredEvent): Promise<void> {
    const end = await this.endBefore(event, this.isLeaf(event.stream));
    if (end) this.links.takeUp(event.stream, end);
  }

  private isLeaf(stream: string): boolean {
    const { filters, newestFilter } = this.ports;
    const version = this.under?.seal.filter ?? newestFilter;
    const filter = filters[version];
    if (!filter)
      throw new InvariantBroken(
        'audit.unknown-filter',
        `a newer program than this one is needed: filter ${version}`,
      );
    return filter(stream);
  }

  private judge(event: StoredEvent, finding: Finding): void {
    const leaf = leafOf(event, finding);
    if (!leaf) return;
    const place = placeOf(event);
    const fault = finding.kind === 'violation' ? finding.fault : undefined;
    const sealed = this.under?.leaves.get(place.position);
    this.under?.leaves.delete(place.position);
    if (this.under && !sealed)
      this.results.bad({ result: 'EXTRA', ...place, reason: fault ?? 'it was never sealed' });
    else if (fault !== undefined) this.results.bad({ result: 'TAMPERED', ...place, reason: fault });
    else if (sealed && !isSealedAs(leaf, sealed))
      this.results.bad({ result: 'TAMPERED', ...place, reason: 'it is not what was sealed' });
    else if (sealed) this.results.count('OK');
    else if (this.broken === undefined) this.results.count('NOT_YET_SEALED');
  }

  /** What the log still held of the seal before is not there any more. */
  private async nextSeal(rest: Iterator<SealedHeads>, leaves: SealedLeavesReader): Promise<void> {
    for (const [position, { bytes }] of this.under?.leaves ?? []) this.missing(position, bytes);
    this.under = undefined;
    if (this.broken !== undefined) return;
    const step = rest.next();
    if (step.done === true) return;
    const seal = step.value;
    try {
      this.under = { seal, leaves: await leaves.read(seal.grown) };
      this.issued.push([seal.size, seal.root]);
    } catch (error) {
      if (!(error instanceof InvariantBroken)) throw error;
      this.broken = messageOf(error);
    }
  }

  private missing(position: string, bytes: Buffer): void {
    const entry = workspaceEntry(bytes);
    const { stream } = entry;
    const revision = entry.k === 'ts' ? '' : entry.rev;
    const reason = 'it was sealed, and is not there';
    this.results.bad({ result: 'MISSING', stream, revision, position, reason });
  }
}

function placeOf({ stream, revision, position }: StoredEvent): Omit<BadLeaf, 'result' | 'reason'> {
  return { stream, revision: revision.toString(), position: position.toString() };
}
