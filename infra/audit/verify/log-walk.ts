import type { StoredEvent } from '../../../domain/kernel/ports/event-log.js';
import { inOrder } from './in-order.js';
import { linkBefore } from '../log/leaf-reader.js';
import type { Followed } from '../log/link-walk.js';
import type { LeafResults } from './leaf-results.js';
import type { LinkTally } from './link-tally.js';
import type { SealedHeadsReader } from './sealed-heads.js';
import { segmentsOf, type Segment } from './segment.js';
import { isAsAssumed, type AssumedEnd, type SegmentOutcome } from './segment-outcome.js';
import { SegmentWalk } from './segment-walk.js';
import type { VerifiedState, VerifyAuditOptions } from './verification.js';

const defaultLeavesPerSegment = 8192;
/** Ends of streams that are looked up at once. */
const lookedUpAtOnce = 32;

/** What stood when the last seal was verified. */
type StateAtSeal = Pick<VerifiedState, 'links' | 'leaves' | 'sealed' | 'to'>;

/**
 * Verifies one segment after another. Others may have verified a segment before its turn comes; their outcome counts
 * where it is what this walk would have come to, and otherwise the segment is walked again, here. So the result does
 * not depend on who verified what.
 */
export class LogWalk {
  readonly faults: string[] = [];
  private readonly walk: SegmentWalk;
  /** Roots that follow from the log's entries, by the log's size, until a `Sealed` event says the same. */
  private readonly issued = new Map<number, string>();
  private to: bigint | undefined;
  private kept: StateAtSeal | undefined;
  /** Why the origin's log could not be read on. */
  private unreadable: string | undefined;
  /** Events that others walked. */
  private adopted = 0;

  constructor(
    private readonly options: VerifyAuditOptions,
    origin: string | undefined,
    private readonly heads: SealedHeadsReader,
    from: VerifiedState | undefined,
  ) {
    this.walk = new SegmentWalk({ ...options, origin }, (event) => this.lookUp(event), from);
    this.to = from && from.to !== '' ? BigInt(from.to) : undefined;
  }

  /** False when the files of the log could not be read to their end. */
  get isWhole(): boolean {
    return this.walk.broken === undefined;
  }

  get results(): LeafResults {
    return this.walk.results;
  }

  get tally(): LinkTally {
    return this.walk.tally;
  }

  /** Undefined when the log could not be read so far. */
  get atSeal(): StateAtSeal | undefined {
    return this.kept;
  }

  async run(): Promise<void> {
    const { leavesPerSegment = defaultLeavesPerSegment, beside } = this.options;
    const segments = segmentsOf(this.heads, this.to, leavesPerSegment, (fault) => (this.unreadable = fault));
    const { origin } = this.walk.ports;
    const outcomes = beside
      ? inOrder(segments, 2 * beside.places, (segment) => beside.verify(segment, origin))
      : inOrder(segments, 0, () => Promise.resolve(undefined));
    for await (const { item, result } of outcomes) if (!(await this.follow(item, result))) return;
  }

  /** @returns false when there is nothing behind it */
  private async follow(segment: Segment, outcome: SegmentOutcome | undefined): Promise<boolean> {
    const isTail = segment.seals.length === 0;
    if (isTail) this.reachTail();
    if (outcome && (await this.accepts(outcome))) this.adopt(segment, outcome);
    else await this.walkHere(segment);
    this.to = segment.to ?? this.to;
    if (isTail) return false;
    // With nothing to compare with, the rest is one piece.
    if (!this.isWhole) await this.walkHere({ after: segment.to, to: undefined, seals: [] });
    return this.isWhole;
  }

  private reachTail(): void {
    const { tally, results } = this.walk;
    this.kept = {
      to: this.to?.toString() ?? '',
      sealed: this.heads.progress,
      links: tally.counts,
      leaves: results.counts,
    };
    if (this.unreadable === undefined) return;
    this.walk.broken = this.unreadable;
    this.faults.push(this.unreadable);
  }

  private async walkHere(segment: Segment): Promise<void> {
    const { walk } = this;
    const wasWhole = this.isWhole;
    await walk.walk(segment, (position) => this.options.onProgress?.(position, this.adopted + walk.events));
    if (wasWhole && walk.broken !== undefined) this.faults.push(walk.broken);
    this.checkSeals(walk.issued.splice(0), walk.claimed.splice(0));
  }

  private async accepts({ isBroken, assumed }: SegmentOutcome): Promise<boolean> {
    if (isBroken || !this.isWhole) return false;
    for (let at = 0; at < assumed.length; at += lookedUpAtOnce) {
      const some = assumed.slice(at, at + lookedUpAtOnce);
      const ends = await Promise.all(
        some.map(async (one) => this.walk.links.endOf(one.stream) ?? (await this.lookUp(one))),
      );
      if (!some.every((one, index) => isAsAssumed(one, ends[index]))) return false;
    }
    return true;
  }

  private adopt(segment: Segment, outcome: SegmentOutcome): void {
    const { walk } = this;
    walk.results.add({ counts: outcome.leaves, first: outcome.first });
    walk.tally.add(outcome.links, outcome.violations, outcome.ends);
    for (const [stream, end] of outcome.ends) walk.links.takeUp(stream, end);
    this.checkSeals(outcome.issued, outcome.claimed);
    this.adopted += outcome.events;
    if (segment.to !== undefined) this.options.onProgress?.(segment.to, this.adopted + walk.events);
  }

  /** Every seal that was ever made is a beginning of the log. */
  private checkSeals(issued: SegmentOutcome['issued'], claimed: SegmentOutcome['claimed']): void {
    for (const [size, root] of issued) this.issued.set(size, root);
    for (const [size, root] of claimed) {
      const own = this.issued.get(size);
      this.issued.delete(size);
      if (own !== undefined && own !== root)
        this.faults.push(`seal of ${size} leaves: the log has another root there`);
    }
  }

  /** The end of a stream that is met in its middle: a run goes on from an earlier one, or its head was cut. */
  private async lookUp({
    stream,
    revision,
  }: Pick<StoredEvent, 'stream' | 'revision'> | AssumedEnd): Promise<Followed | undefined> {
    if (revision === 0n) return undefined;
    const last = await linkBefore(this.options.log, stream, revision);
    return last && { last, linked: true, plain: false };
  }
}
